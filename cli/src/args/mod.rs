//! The command line: what may be said, and what it means. One file per command; `values` parses single values,
//! `connection` holds what several commands share.

pub(crate) mod bench;
mod call;
mod clean;
mod codec;
mod connection;
mod demo;
mod doctor;
mod layout;
mod list;
mod serve;
mod values;

pub(crate) use bench::{Bench, BenchPeer, FloorKind, Placement, Scenario, Service};
pub(crate) use call::{Call, CallService};
pub(crate) use clean::Clean;
pub(crate) use codec::{BatchOptions, Decode, Encode, Input, Kind};
pub(crate) use connection::{Directory, Endpoint, Profile, Session};
pub(crate) use demo::Demo;
pub(crate) use doctor::Doctor;
pub(crate) use layout::{Layout, Message};
pub(crate) use list::List;
pub(crate) use serve::{Serve, ServeService};

use clap::{Parser, Subcommand};

/// Typed request/response between the processes of one host.
///
/// A provider listens on a socket in a run directory, under the name of its service. Callers name the run directory
/// and the service, never the process. `netipc` is provider and caller for the services that need nothing but this
/// host, for trying things out, for looking at what other providers say, and for scripts.
#[derive(Debug, Parser)]
#[command(
    name = "netipc",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  netipc demo                          see it work: a provider, a caller, the round-trip times
  netipc serve cgroups-snapshot        publish this host's cgroups, until Ctrl-C
  netipc call cgroups-snapshot         show what a provider publishes
  netipc list                          what is served in the run directory
  netipc doctor                        what is wrong with the run directory, and what to do
  netipc clean --dry-run               what providers that were killed have left there
  netipc layout cgroups-snapshot       the bytes of its messages
  netipc decode increment 2a00000000000000
  netipc encode increment '{\"value\": 42}'

Exit status:
  0    done
  1    it failed: no provider, a refused token, a time-out, bytes that break a rule, ...; stderr says what
       (stdout, what a doctor has found wrong)
  2    the command line, or JSON that it was given, makes no sense
  128 + n  ended by signal n"
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(Serve),
    Call(Call),
    List(List),
    Doctor(Doctor),
    Clean(Clean),
    Demo(Demo),
    Bench(Bench),
    #[command(hide = true)]
    BenchPeer(BenchPeer),
    Layout(Layout),
    Decode(Decode),
    Encode(Encode),
}

#[cfg(test)]
mod tests;
