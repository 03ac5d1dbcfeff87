//! Floors: what netipc is measured against, by `netipc bench` and by the benchmarks.
//!
//! - [`socket`]: packets of the same sizes over a SEQPACKET socket, or messages over a named pipe, one at a time or several
//!   in flight;
//! - [`memory`]: sequence numbers and copies in shared memory, with the wakes that the contract demands;
//! - [`lookup`]: the bytes of lookups by code written by hand, and the same by netipc's;
//! - [`cache`]: lookups by key in a table written by hand, in hash maps and by a scan, and the same in netipc's cache.
//!
//! The first two are exchanges between two processes that do nothing but what the operating system and the machine ask
//! for. Nothing is checked, correlated or interpreted, and either side trusts the other: they are the same program. One
//! side calls, the other one answers until the first hangs up; how both of them wait is the caller's to say, turn by turn.
//! They are for Linux and for Windows.

pub mod cache;
pub mod lookup;
#[cfg(any(target_os = "linux", windows))]
mod mapping;
#[cfg(any(target_os = "linux", windows))]
pub mod memory;
#[cfg(any(target_os = "linux", windows))]
pub mod socket;
#[cfg(windows)]
mod windows;

#[cfg(windows)]
pub use windows::process;

/// What the other process makes its end of: a file descriptor.
#[cfg(target_os = "linux")]
pub type Offer = std::os::fd::OwnedFd;

/// What the other process makes its end of: a name.
#[cfg(windows)]
pub type Offer = String;

/// How a side waits for what comes next.
#[cfg(any(target_os = "linux", windows))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// In the kernel, until there is something.
    Blocking,
    /// By looking again and again. For two sides that have a CPU each.
    Spinning,
}
