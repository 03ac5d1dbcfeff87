//! What Level 2 allocates over shared memory whose receivers never block.
#![cfg(windows)]

#[path = "allocation/mod.rs"]
mod allocation;
mod common;
