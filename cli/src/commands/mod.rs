//! What each command does.

mod call;
mod clean;
mod codec;
mod connection;
mod demo;
mod directory;
mod doctor;
mod layout;
mod list;
mod lookup;
mod one_call;
mod serve;

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
        Command::Demo(args) => demo::run(args),
        Command::Bench(args) => bench::run(args),
        Command::BenchPeer(args) => bench::answer(args),
        Command::Layout(args) => layout::run(args),
        Command::Decode(args) => codec::decode(args),
        Command::Encode(args) => codec::encode(args),
    }
}
