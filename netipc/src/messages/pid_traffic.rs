//! `PID_TRAFFIC`, method `0x8002`: what each process has sent and received. Service `pid-traffic`.

use alloc::vec::Vec;

use crate::{WireMessage, WireString};

/// Asks for the traffic of all processes.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 0x8002,
    header = 4,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2)
)]
pub struct PidTrafficRequest {}

/// The traffic of all processes that had any.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 0x8002,
    header = 24,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2)
)]
pub struct PidTraffic {
    /// Tells one reading of the counters from the next.
    #[wire(at = 8)]
    pub generation: u64,
    /// When the counters were read, in nanoseconds since boot, suspended time included.
    #[wire(at = 16)]
    pub read_at: u64,
    /// The processes, in the provider's order; each once.
    #[wire(count_at = 4, directory = ordered)]
    pub processes: Vec<ProcessTraffic>,
}

/// The traffic of one process. Its counters never go backwards while it lives.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    header = 56,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    strings(no_nul),
    end = exact
)]
pub struct ProcessTraffic {
    /// The process.
    #[wire(at = 4)]
    pub pid: u32,
    /// When it started, in jiffies since boot: tells it from an earlier process with the same ID.
    #[wire(at = 8)]
    pub starttime: u64,
    /// Bytes of payload received.
    #[wire(at = 16)]
    pub bytes_received: u64,
    /// Bytes of payload sent.
    #[wire(at = 24)]
    pub bytes_sent: u64,
    /// Packets received.
    #[wire(at = 32)]
    pub packets_received: u64,
    /// Packets sent.
    #[wire(at = 40)]
    pub packets_sent: u64,
    /// Its name.
    #[wire(at = 48, max = 15)]
    pub comm: WireString,
}
