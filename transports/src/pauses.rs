//! Trying again where nobody says when it is worth it.

use std::time::Duration;

/// The pauses before a server that has no room for a further connection is tried again: each is twice the one before.
#[derive(Debug)]
pub(crate) struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(Self::FIRST)
    }
}

impl Pauses {
    const FIRST: Duration = Duration::from_millis(1);
    const LONGEST: Duration = Duration::from_millis(50);

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(Self::LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_and_end_growing() {
        let mut pauses = Pauses::default();
        let millis: Vec<_> = (0..8).map(|_| pauses.next().as_millis()).collect();
        assert_eq!(millis, [1, 2, 4, 8, 16, 32, 50, 50]);
    }
}
