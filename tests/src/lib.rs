//! What tests of netipc share: one conformance suite for every transport, servers here and in another process, run
//! directories, peers good and bad, and the watchdog. The tests themselves are in `tests/` of this crate and of `netipc-transport`.
#![allow(missing_docs, reason = "a test's name says what it tests")]
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unwrap_used,
    reason = "a test that panics has failed, and its helpers are nobody's interface"
)]

pub mod conformance;
pub mod servers;
pub mod support;
