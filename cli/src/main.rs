//! The `netipc` command.
#![forbid(unsafe_code)]

mod args;
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
mod run_dir;
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
