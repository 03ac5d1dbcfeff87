//! What the benchmark and its peer tell each other: packets.
//!
//! ```text
//! benchmark  HELLO, with what the peer makes its end of the floor of
//! peer       READY, or a sentence: why it cannot
//! benchmark  CPU                                        as often as it likes
//! peer       its CPU time, nanoseconds as u64
//! ```
//!
//! It ends with either of them.

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "linux.rs")]
mod platform;

pub(super) use self::platform::Control;

pub(super) const HELLO: &[u8] = b"hello";
pub(super) const READY: &[u8] = b"ready";
pub(super) const CPU: &[u8] = b"cpu";

/// Bytes of a packet at most: room for a sentence.
const LONGEST: usize = 4096;
