//! What Level 2 allocates over the baseline.

#[path = "allocation/mod.rs"]
mod allocation;
mod common;
