//! The managed server, over the baseline.

mod common;
#[path = "server/mod.rs"]
mod server;
