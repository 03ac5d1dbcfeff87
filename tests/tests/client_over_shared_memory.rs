//! The typed client, over shared memory.
#![cfg(target_os = "linux")]

#[path = "client/mod.rs"]
mod client;
mod common;
