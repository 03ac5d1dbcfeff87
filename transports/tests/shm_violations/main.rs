//! Peers of a shared-memory session that break the contract, or just break off, over each platform's region.
//! `docs/contract/posix.md` and `docs/contract/windows.md`, "Shared memory".
#![cfg(any(target_os = "linux", windows))]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod ends;
mod geometry;
#[cfg(target_os = "linux")]
mod linux;
mod messages;
mod sides;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
mod windows_names;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(windows)]
use windows as platform;
