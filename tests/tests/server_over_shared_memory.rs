//! The managed server, over shared memory.
#![cfg(any(target_os = "linux", windows))]

mod common;
#[path = "server/mod.rs"]
mod server;
