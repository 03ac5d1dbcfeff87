//! Comparing tokens.

use std::hint::black_box;

/// Whether the tokens are equal, in a time that does not depend on where they differ: all bits are combined before
/// anything is decided, and the compiler does not see what of.
pub(super) fn equal(one: u64, other: u64) -> bool {
    black_box(black_box(one) ^ black_box(other)) == 0
}

#[cfg(test)]
mod tests {
    use super::equal;

    #[test]
    fn only_the_same_token_is_equal() {
        assert!(equal(0xdead_beef, 0xdead_beef));
        for bit in 0..64 {
            assert!(!equal(0xdead_beef, 0xdead_beef ^ (1 << bit)), "bit {bit}");
        }
    }
}
