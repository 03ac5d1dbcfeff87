//! The snapshot cache, over the baseline.

#[path = "cache/mod.rs"]
mod cache;
mod common;
