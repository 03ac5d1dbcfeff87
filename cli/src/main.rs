//! The `netipc` command.
#![forbid(unsafe_code)]

mod args;
mod bench;
mod colour;
mod commands;
mod error;
mod json;
mod lookups;
mod output;
mod providers;
mod run_dir;
mod service_manager;
mod signals;
mod snapshot;
mod survey;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(&args::Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
