//! Run directories of their own, a watchdog, sessions to try things on, and peers that speak raw packets.

pub mod allocations;
#[cfg(windows)]
pub mod holdings;
#[cfg(target_os = "linux")]
pub mod idleness;
mod pair;
mod place;
pub mod raw;
#[cfg(any(target_os = "linux", windows))]
pub mod region;
mod reverser;
mod watchdog;

pub(crate) use pair::pair_among;
pub use pair::{Pair, RawPair, accept, pair, pair_with, raw_pair};
pub use place::{Place, names};
pub use reverser::{Reverser, reverse_all};
pub use watchdog::{PATIENCE, soon, watched};

/// Whether the system keeps two servers of one endpoint apart. Under Wine it does not: there a test can only see that it is
/// asked to.
pub fn servers_are_kept_apart() -> bool {
    #[cfg(windows)]
    return raw::first_instances_are_exclusive();
    #[cfg(unix)]
    true
}

/// Bytes that are all different from their neighbours.
pub fn counting(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}
