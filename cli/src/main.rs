//! The `netipc` command.
#![forbid(unsafe_code)]

mod args;
mod cgroups;
mod error;
mod output;
mod run_dir;
mod signals;

fn main() {}
