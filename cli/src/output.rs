//! What goes to stdout, for people and for programs.
//!
//! Strings come from a provider, and file names from anybody who may make a cgroup: what a terminal would act upon
//! is escaped for people; JSON, which the `json` module makes, keeps every byte.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Column, ColumnConstraint, ContentArrangement, Row, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::error::Failure;
use crate::terminal::Size;

/// Rows of a table at most.
const BLOCK: usize = 20_000;

/// The columns whose cells may be broken into several lines, where a terminal is narrow. All others are numbers, or words
/// that are short.
const BREAKABLE: [&str; 6] = ["NAME", "PATH", "LABELS", "ORGANISATION", "REASON", "FINDING"];

/// What such a column is broken to at most: the longest of their headings has as many.
const NARROWEST: u16 = 12;

/// Prints a line.
///
/// # Errors
/// [`Failure::Output`], as from all of this module.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    print(|out| writeln!(out, "{text}"))
}

/// Prints text that has its line ends.
pub(crate) fn text(text: impl Display) -> Result<(), Failure> {
    print(|out| write!(out, "{text}"))
}

/// Prints JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}

/// Prints JSON on one line.
pub(crate) fn json_line(value: &Value) -> Result<(), Failure> {
    line(value)
}

/// Prints a table, without the columns that have nothing in them.
pub(crate) fn table(mut table: Table) -> Result<(), Failure> {
    hide_empty_columns(&mut table);
    if io::stdout().is_terminal() {
        fit(&mut table, Size::now().columns);
    }
    print(|out| table.lines().try_for_each(|row| writeln!(out, "{}", row.trim_end())))
}

/// Prints a table of many items, in blocks that have their headings and their widths each: the memory of a table is
/// many times that of what it shows.
pub(crate) fn tables<T>(items: &[T], table_of: impl Fn(&[T]) -> Table) -> Result<(), Failure> {
    let mut blocks = items.chunks(BLOCK);
    table(table_of(blocks.next().unwrap_or_default()))?;
    blocks.try_for_each(|block| table(table_of(block)))
}

fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Prints bytes as they are.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    print(|out| out.write_all(bytes))
}

/// A length of time as programs get it; the longest that there is means longer than 584 years.
pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A string of the wire for people: control characters and bytes that are not UTF-8 appear as escapes.
pub(crate) fn printable(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_plain(c) {
                text.push(c);
            } else {
                text.extend(c.escape_default());
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Whether a terminal only shows it. Marks that change the direction of writing can make one name look like another.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A table with these headings; `right` are the columns of numbers. As wide as its widest row.
pub(crate) fn new_table(headings: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings);
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Makes a table as wide as a terminal, if breaking what can be broken is enough for that; else it stays as it is, and the
/// terminal breaks its lines.
pub(crate) fn fit(table: &mut Table, columns: u16) {
    let headings: Vec<String> =
        table.header().into_iter().flat_map(|row| row.cell_iter()).map(Cell::content).collect();
    let is_breakable = |index: usize| headings.get(index).is_some_and(|it| BREAKABLE.contains(&it.as_str()));
    let mut shown: Vec<(usize, u16)> = table.column_max_content_widths().into_iter().enumerate().collect();
    shown.retain(|(index, _)| !table.column(*index).is_some_and(Column::is_hidden));
    let narrowest = |(index, width): &(usize, u16)| {
        let content = if is_breakable(*index) { NARROWEST.min(*width) } else { *width };
        // A space on either side.
        u32::from(content) + 2
    };
    if shown.iter().map(narrowest).sum::<u32>() > u32::from(columns) {
        return;
    }
    for (index, _) in shown {
        if !is_breakable(index)
            && let Some(column) = table.column_mut(index)
        {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
}

fn hide_empty_columns(table: &mut Table) {
    if table.is_empty() {
        return;
    }
    for index in 0..table.column_count() {
        let is_empty = |row: &Row| row.cell_iter().nth(index).is_none_or(|cell| cell.content().is_empty());
        if table.row_iter().all(is_empty)
            && let Some(column) = table.column_mut(index)
        {
            column.set_constraint(ColumnConstraint::Hidden);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_upon_is_escaped() {
        assert_eq!(printable("pod-é 日本".as_bytes()), "pod-é 日本");
        assert_eq!(printable(b"a\x1b[2Jb\nc\0"), r"a\u{1b}[2Jb\nc\u{0}");
        assert_eq!(printable("a\u{202e}b\u{9b}".as_bytes()), r"a\u{202e}b\u{9b}");
        assert_eq!(printable(b"a\xff\xfeb"), r"a\xff\xfeb");
    }

    #[test]
    fn a_table_has_its_headings_and_rows() {
        let mut rows = new_table(&["N", "NAME"], &[0]);
        rows.add_row(["1", "one"]).add_row(["100", "hundred"]);
        let lines: Vec<_> = rows.lines().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(lines, ["   N  NAME", "   1  one", " 100  hundred"]);
    }

    /// Numbers, and a path, in a table that is made to fit.
    fn fitted(path: &str, columns: u16) -> Vec<String> {
        let mut rows = new_table(&["HASH", "ENABLED", "PATH"], &[0, 1]);
        rows.add_row(["67691234", "1", path]);
        fit(&mut rows, columns);
        rows.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn on_a_narrow_terminal_names_are_broken_and_numbers_and_headings_are_not() {
        let whole = "/a/long/path/of/some/cgroup";
        assert_eq!(fitted(whole, 80)[1], format!(" 67691234        1  {whole}"));
        let broken = fitted(whole, 35);
        assert_eq!(broken[0], "     HASH  ENABLED  PATH");
        assert!(broken[1].starts_with(" 67691234        1  /a/long/path"), "{broken:?}");
        assert!(broken.len() > 2 && broken.iter().all(|line| line.len() <= 35), "{broken:?}");
    }

    #[test]
    fn a_table_that_cannot_be_made_to_fit_stays_as_it_is() {
        let whole = "/a/long/path/of/some/cgroup";
        for columns in [0, 1, 20, 32] {
            assert_eq!(fitted(whole, columns)[1], format!(" 67691234        1  {whole}"), "{columns}");
        }
    }

    #[test]
    fn a_column_that_has_nothing_in_it_is_left_out() {
        let shown = |last: &str| {
            let mut rows = new_table(&["N", "NAME", "LABELS"], &[0]);
            rows.add_row(["1", "one", ""]).add_row(["2"]).add_row(["3", "", last]);
            hide_empty_columns(&mut rows);
            fit(&mut rows, 80);
            rows.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(shown(""), [" N  NAME", " 1  one", " 2", " 3"]);
        assert_eq!(shown("k=v")[0], " N  NAME  LABELS");
        let mut empty = new_table(&["N", "NAME"], &[0]);
        hide_empty_columns(&mut empty);
        assert_eq!(empty.to_string(), " N  NAME ", "without any row all of its headings are there");
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_is_printed_controls_a_terminal(bytes: Vec<u8>) {
            proptest::prop_assert!(printable(&bytes).chars().all(is_plain));
        }
    }
}
