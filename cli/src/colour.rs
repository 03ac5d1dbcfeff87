//! Colours, for people who look at a terminal and want them.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;

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

fn are_wanted() -> bool {
    static WANTED: OnceLock<bool> = OnceLock::new();
    *WANTED.get_or_init(|| {
        let (no_color, term) = (env::var_os("NO_COLOR"), env::var_os("TERM"));
        decide(io::stdout().is_terminal(), no_color, term)
    })
}

/// `NO_COLOR` as <https://no-color.org> has it: set, and not to nothing.
fn decide(is_terminal: bool, no_color: Option<OsString>, term: Option<OsString>) -> bool {
    is_terminal && no_color.is_none_or(|value| value.is_empty()) && term.is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_whose_users_do_not_mind() {
        let value = |text: &str| Some(OsString::from(text));
        assert!(decide(true, None, value("xterm")));
        assert!(decide(true, value(""), None));
        assert!(!decide(false, None, value("xterm")));
        assert!(!decide(true, value("1"), value("xterm")));
        assert!(!decide(true, None, value("dumb")));
    }
}
