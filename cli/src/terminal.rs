//! Drawing in place on a terminal.

use std::io::{self, BufWriter, IsTerminal, Write};

use crossterm::cursor::{MoveTo, MoveToPreviousLine};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType, DisableLineWrap, EnableLineWrap};

use crate::error::Failure;

/// What is taken for a terminal that does not tell its size.
const SIZE: Size = Size { columns: 80, rows: 24 };

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: u16,
    pub(crate) rows: u16,
}

impl Size {
    /// That of the terminal, at this moment.
    pub(crate) fn now() -> Self {
        match crossterm::terminal::size() {
            Ok((columns, rows)) if columns > 0 && rows > 0 => Self { columns, rows },
            _ => SIZE,
        }
    }
}

/// Whether stdout is a terminal that can be drawn on.
pub(crate) fn is_there() -> bool {
    io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A picture on the terminal, which the next one takes the place of. What was above it stays, and so does the last
/// picture; the terminal is as it was after each.
pub(crate) struct Picture {
    size: Size,
    lines: u16,
}

impl Picture {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self { size: Size::now(), lines: 0 }
    }

    /// Draws these lines, as far as there is room for them and for the cursor's. What is too long is cut off.
    pub(crate) fn draw(&mut self, size: Size, lines: &[String]) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        self.write(&mut out, size, lines).and_then(|()| out.flush()).map_err(Failure::Output)
    }

    fn write(&mut self, out: &mut impl Write, size: Size, lines: &[String]) -> io::Result<()> {
        let lines = lines.get(..usize::from(size.rows).saturating_sub(1)).unwrap_or(lines);
        if self.lines > 0 && size != self.size {
            // The terminal has broken the lines anew: where the picture begins is not known any more.
            queue!(out, Clear(ClearType::All), MoveTo(0, 0))?;
        } else if self.lines > 0 {
            queue!(out, MoveToPreviousLine(self.lines))?;
        }
        queue!(out, DisableLineWrap)?;
        for line in lines {
            write!(out, "{line}")?;
            queue!(out, Clear(ClearType::UntilNewLine))?;
            writeln!(out)?;
        }
        queue!(out, Clear(ClearType::FromCursorDown), EnableLineWrap)?;
        *self = Self { size, lines: u16::try_from(lines.len()).unwrap_or(u16::MAX) };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(picture: &mut Picture, size: Size, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        let mut out = Vec::new();
        picture.write(&mut out, size, &lines).expect("a Vec takes everything");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn a_picture_takes_the_place_of_the_one_before() {
        let mut picture = Picture { size: SIZE, lines: 0 };
        assert_eq!(
            drawn(&mut picture, SIZE, &["one", "two"]),
            "\x1b[?7lone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?7h"
        );
        assert_eq!(drawn(&mut picture, SIZE, &["three"]), "\x1b[2F\x1b[?7lthree\x1b[K\n\x1b[J\x1b[?7h");
        assert_eq!(drawn(&mut picture, SIZE, &[]), "\x1b[1F\x1b[?7l\x1b[J\x1b[?7h");
    }

    #[test]
    fn the_cursor_has_a_line_of_its_own() {
        let size = Size { rows: 3, ..SIZE };
        let mut picture = Picture { size, lines: 0 };
        let drawn = drawn(&mut picture, size, &["one", "two", "three", "four"]);
        assert!(drawn.contains("two") && !drawn.contains("three"), "{drawn:?}");
        assert_eq!(picture.lines, 2);
    }

    #[test]
    fn on_a_terminal_of_another_size_it_begins_at_the_top() {
        let mut picture = Picture { size: SIZE, lines: 0 };
        let wider = Size { columns: 100, ..SIZE };
        assert!(!drawn(&mut picture, wider, &["one"]).contains("\x1b[2J"), "nothing of it is there yet");
        assert!(drawn(&mut picture, SIZE, &["two"]).starts_with("\x1b[2J\x1b[1;1H"));
    }
}
