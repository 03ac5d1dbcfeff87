//! Colours, for people who look at a terminal and want them.

use std::fmt::Display;
use std::io;

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use comfy_table::{Cell, Color};

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Doubtful,
    Bad,
}

/// A cell of a table.
pub(crate) fn cell(text: impl ToString, tone: Tone) -> Cell {
    let cell = Cell::new(text);
    if !are_wanted() {
        return cell;
    }
    cell.fg(match tone {
        Tone::Good => Color::Green,
        Tone::Doubtful => Color::Yellow,
        Tone::Bad => Color::Red,
    })
}

/// A text in a style, where colours are wanted.
pub(crate) fn painted(text: impl Display, style: Style, are_wanted: bool) -> String {
    if are_wanted { format!("{style}{text}{style:#}") } else { text.to_string() }
}

/// Whether stdout is to have colours: a terminal that knows them, unless the user wants none (`NO_COLOR`), or forces
/// them (`CLICOLOR_FORCE`).
pub(crate) fn are_wanted() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}
