//! Run directories of their own, a watchdog, sessions to try things on, and peers that speak raw packets.

pub mod allocations;
#[cfg(target_os = "linux")]
pub mod mapped_region;
mod pair;
mod place;
pub mod raw;
#[cfg(target_os = "linux")]
pub mod region;
mod reverser;
mod watchdog;

pub use pair::{Pair, accept, pair, pair_with};
pub use place::Place;
pub use reverser::{Reverser, reverse_all};
pub use watchdog::{PATIENCE, soon, watched};

/// Bytes that are all different from their neighbours.
pub fn counting(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}
