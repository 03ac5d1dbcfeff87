//! What Level 2 allocates over shared memory.
#![cfg(any(target_os = "linux", windows))]

#[path = "allocation/mod.rs"]
mod allocation;
mod common;
