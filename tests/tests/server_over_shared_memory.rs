//! The managed server, over shared memory.
#![cfg(target_os = "linux")]

mod common;
#[path = "server/mod.rs"]
mod server;
