//! The `netipc` command.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "some serves only what looks at a Linux host")
)]

mod args;
#[cfg_attr(not(any(target_os = "linux", windows)), path = "bench/unavailable.rs")]
mod bench;
mod colour;
mod commands;
mod error;
mod fnv;
mod json;
mod lookups;
mod output;
mod progress;
mod providers;
#[cfg(unix)]
mod run_dir;
#[cfg(windows)]
#[path = "run_dir/windows.rs"]
mod run_dir;
#[cfg(target_os = "linux")]
mod service_manager;
mod signals;
mod snapshot;
mod survey;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    match args::Args::of_this_process().and_then(|args| commands::run(&args.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
