//! How far long work is, for who watches: a line on stderr, if that is a terminal, which goes when the work is done.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const STYLE: &str = "{msg} {wide_bar} {human_pos} of {human_len}";

/// A line that shows how much of the work is done. It is drawn by those who call it: a thread of its own would be seen
/// in what is measured meanwhile.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of so many steps; of none, nothing is shown.
    pub(crate) fn of(steps: usize, what: &'static str) -> Self {
        let target = if steps == 0 { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// What is being done now.
    pub(crate) fn say(&self, what: String) {
        self.0.set_message(what);
        self.0.tick();
    }

    /// So many steps more are done.
    pub(crate) fn advance(&self, steps: usize) {
        self.0.inc(steps as u64);
    }

    /// None of it is done any more.
    pub(crate) fn start_over(&self) {
        self.0.set_position(0);
    }

    /// Does what prints, with the line out of its way.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_one() {
        assert!(ProgressStyle::with_template(STYLE).is_ok());
    }

    #[test]
    fn it_counts_and_starts_over() {
        let progress = Progress::of(10, "counting");
        progress.advance(3);
        progress.advance(4);
        assert_eq!((progress.0.position(), progress.0.length()), (7, Some(10)));
        progress.start_over();
        assert_eq!(progress.0.position(), 0);
        assert_eq!(progress.aside(|| 7), 7);
    }
}
