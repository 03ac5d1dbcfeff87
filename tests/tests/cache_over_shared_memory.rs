//! The snapshot cache, over shared memory.
#![cfg(any(target_os = "linux", windows))]

#[path = "cache/mod.rs"]
mod cache;
mod common;
