//! What Level 2 allocates over shared memory.
#![cfg(target_os = "linux")]

#[path = "allocation/mod.rs"]
mod allocation;
mod common;
