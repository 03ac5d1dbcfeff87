//! The typed client, over shared memory whose receivers never block.
#![cfg(windows)]

#[path = "client/mod.rs"]
mod client;
mod common;
