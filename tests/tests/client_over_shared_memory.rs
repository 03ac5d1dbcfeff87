//! The typed client, over shared memory.
#![cfg(any(target_os = "linux", windows))]

#[path = "client/mod.rs"]
mod client;
mod common;
