//! The built command, run as its users run it. One binary, so that it links once.
#![cfg(target_os = "linux")]

mod apps;
mod bench;
#[path = "../shared/bench_output.rs"]
mod bench_output;
mod cgroups;
mod codec;
mod demo;
mod directory;
mod failures;
mod lookups;
mod manual;
mod many_keys;
mod outputs;
mod ping;
mod running;
mod serve_and_call;
mod service_manager;
mod services;
mod shown;
mod terminal;
mod transcript;
mod watch;
mod watched_by_people;
