//! Hashes of keys that a provider has chosen.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

use rustc_hash::FxHasher;

/// How the keys of one index are hashed.
#[derive(Clone, Debug)]
pub(super) struct Hashing {
    /// Secret and odd.
    multiplier: u64,
    keyed: RandomState,
}

/// Bits of integers in a key from which on its strings need not be hashed as well.
const ENOUGH_BITS: u32 = 32;

impl Hashing {
    /// With secrets of its own.
    pub(super) fn new() -> Self {
        let mut hashing = Self { multiplier: 0, keyed: RandomState::new() };
        hashing.draw();
        hashing
    }

    /// Takes another secret for the quick hash.
    pub(super) fn draw(&mut self) {
        self.multiplier = self.keyed.hash_one(self.multiplier) | 1;
    }

    /// All 64 bits of it are good, while a provider is of good will.
    #[inline]
    pub(super) fn quick(&self, key: impl Copy + Hash) -> u64 {
        let mut hasher = Quick { state: 0, bits: 0, multiplier: self.multiplier };
        key.hash(&mut hasher);
        hasher.state
    }

    /// Every byte of the key goes through a hash whose own key no provider knows.
    pub(super) fn keyed(&self, key: impl Copy + Hash) -> u64 {
        self.keyed.hash_one(key)
    }
}

/// A few instructions: integers are spread by a secret factor, and strings are hashed only where the integers before
/// them do not tell the items apart. For a provider of good will; whoever knows of it can make keys that collide, which
/// the index notices.
struct Quick {
    state: u64,
    bits: u32,
    multiplier: u64,
}

impl Quick {
    #[inline]
    fn add(&mut self, integer: u64, bits: u32) {
        let product = u128::from(self.state ^ integer) * u128::from(self.multiplier);
        // Both halves: each bit of the sum depends on all of the integer.
        #[allow(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
        let (low, high) = (product as u64, (product >> 64) as u64);
        self.state = low ^ high;
        self.bits = self.bits.saturating_add(bits);
    }
}

impl Hasher for Quick {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        if self.bits < ENOUGH_BITS {
            let mut hasher = FxHasher::default();
            hasher.write(bytes);
            self.add(hasher.finish(), 0);
        }
    }

    #[inline]
    fn write_u8(&mut self, integer: u8) {
        self.add(integer.into(), 8);
    }

    #[inline]
    fn write_u16(&mut self, integer: u16) {
        self.add(integer.into(), 16);
    }

    #[inline]
    fn write_u32(&mut self, integer: u32) {
        self.add(integer.into(), 32);
    }

    #[inline]
    fn write_u64(&mut self, integer: u64) {
        self.add(integer, 64);
    }

    /// The length in front of a string; the string's own hash covers it.
    #[inline]
    fn write_usize(&mut self, _length: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }
}

/// Counts the bytes of the strings in a key.
pub(super) fn string_bytes(key: &impl Hash) -> usize {
    struct Counting(usize);

    impl Hasher for Counting {
        fn write(&mut self, bytes: &[u8]) {
            self.0 = self.0.saturating_add(bytes.len());
        }

        fn write_u8(&mut self, _integer: u8) {}

        fn write_u16(&mut self, _integer: u16) {}

        fn write_u32(&mut self, _integer: u32) {}

        fn write_u64(&mut self, _integer: u64) {}

        fn write_usize(&mut self, _length: usize) {}

        fn finish(&self) -> u64 {
            0
        }
    }

    let mut counting = Counting(0);
    key.hash(&mut counting);
    counting.0
}
