//! The snapshot cache, over shared memory whose receivers never block.
#![cfg(windows)]

#[path = "cache/mod.rs"]
mod cache;
mod common;
