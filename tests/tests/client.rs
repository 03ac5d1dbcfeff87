//! The typed client, over the baseline.

#[path = "client/mod.rs"]
mod client;
mod common;
