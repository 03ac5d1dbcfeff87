//! The managed server, over shared memory whose receivers never block.
#![cfg(windows)]

mod common;
#[path = "server/mod.rs"]
mod server;
