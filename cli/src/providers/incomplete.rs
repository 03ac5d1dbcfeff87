//! Saying what is not in what is published.

use std::fmt::Write;

use crate::error::complain;

/// Says on stderr what is left out, and when nothing is any more. What changes with every process that comes and goes,
/// the numbers, is not said again; another kind of things is.
#[derive(Debug)]
pub(super) struct Incomplete {
    what: &'static str,
    said: Vec<&'static str>,
}

impl Incomplete {
    /// Nothing is left out of `what` so far.
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, said: Vec::new() }
    }

    /// Says how many of which kind are left out now.
    pub(super) fn say(&mut self, left_out: &[(&'static str, u64)]) {
        if let Some(sentence) = self.sentence(left_out) {
            complain(sentence);
        }
    }

    /// None if that was said already.
    fn sentence(&mut self, left_out: &[(&'static str, u64)]) -> Option<String> {
        let left_out = || left_out.iter().filter(|(_, count)| *count > 0);
        if left_out().map(|(kind, _)| kind).eq(&self.said) {
            return None;
        }
        self.said = left_out().map(|(kind, _)| *kind).collect();
        let mut sentence = self.what.to_owned();
        sentence +=
            if self.said.is_empty() { " is complete again" } else { " is not complete; left out are" };
        for (index, (kind, count)) in left_out().enumerate() {
            let before = if index == 0 { "" } else { "," };
            write!(sentence, "{before} {kind}: {count}").ok()?;
        }
        Some(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said_once_and_again_when_it_is_something_else() {
        let mut incomplete = Incomplete::new("the list");
        let mut say = |dirs, files| incomplete.sentence(&[("directories", dirs), ("files", files)]);
        assert_eq!(say(0, 0), None);
        assert_eq!(say(0, 3).as_deref(), Some("the list is not complete; left out are files: 3"));
        assert_eq!(say(0, 4), None, "the number alone is not worth a line");
        let both = "the list is not complete; left out are directories: 1, files: 2";
        assert_eq!(say(1, 2).as_deref(), Some(both));
        assert_eq!(say(0, 0).as_deref(), Some("the list is complete again"));
        assert_eq!(say(0, 0), None);
    }
}
