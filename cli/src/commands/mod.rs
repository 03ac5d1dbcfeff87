//! What each command does.

mod cached;
mod call;
mod clean;
mod codec;
mod connection;
mod demo;
mod directory;
mod doctor;
mod keys;
mod layout;
mod list;
mod lookup;
mod manual;
mod one_call;
mod ping;
mod serve;
mod snapshot_cache;
mod watch;
mod whole;

#[cfg(test)]
pub(crate) use connection::SNAPSHOT_BYTES;

use crate::args::Command;
use crate::bench;
use crate::error::Failure;

/// Does what was asked.
///
/// # Errors
/// What is to be said to the user, and the exit status.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(args),
        Command::Call(args) => call::run(args),
        Command::List(args) => list::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Clean(args) => clean::run(args),
        Command::Ping(args) => ping::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Lookup(args) => cached::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Bench(args) => bench::run(args),
        Command::BenchPeer(args) => bench::answer(args),
        Command::Layout(args) => layout::run(args),
        Command::Decode(args) => codec::decode(args),
        Command::Encode(args) => codec::encode(args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
    }
}
