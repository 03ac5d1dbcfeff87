//! The command on Windows: providers and callers in processes of their own, over named pipes. One binary, so that it links
//! once.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "../command/cgroups.rs"]
mod cgroups;
mod demo;
mod manual;
mod ping;
mod run_directory;
mod running;
mod serve_and_call;
mod snapshots;
