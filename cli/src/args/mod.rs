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
mod lookup;
mod manual;
mod ping;
mod serve;
mod service;
mod values;
mod watch;

pub(crate) use bench::{Bench, BenchPeer};
pub(crate) use call::{Call, CallService};
pub(crate) use clean::Clean;
pub(crate) use codec::{BatchOptions, Decode, Encode, Input, Kind};
pub(crate) use connection::{Caller, Directory, Endpoint, Profile, Session};
pub(crate) use demo::Demo;
pub(crate) use doctor::Doctor;
pub(crate) use layout::Layout;
pub(crate) use list::List;
pub(crate) use lookup::Lookup;
pub(crate) use manual::{Completions, Man};
pub(crate) use ping::Ping;
pub(crate) use serve::{Host, Serve, ServeService};
pub(crate) use service::ServiceName;
pub(crate) use watch::Watch;

use clap::{Parser, Subcommand};

use crate::error::Failure;

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
  netipc ping cgroups-snapshot         how long its answers take
  netipc watch cgroups-snapshot        what changes in it, as it happens
  netipc lookup cgroups-snapshot web   look it up in a copy that is kept here
  netipc layout cgroups-snapshot       the bytes of its messages
  netipc decode increment 2a00000000000000
  netipc encode increment '{\"value\": 42}'

Exit status:
  0    done
  1    it failed: no provider, a refused token, a time-out, bytes that break a rule, ...;
       stderr says what (stdout, what a doctor has found wrong)
  2    the command line, or JSON that it was given, makes no sense
  128 + n  ended by signal n"
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// The command line of this process. What makes no sense otherwise, and help, ends it.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a service that there is not.
    pub(crate) fn of_this_process() -> Result<Self, Failure> {
        Self::try_parse()
            .map_err(|error| service::unknown(&error).map_or_else(|| error.exit(), Failure::Usage))
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(Serve),
    Call(Call),
    List(List),
    Doctor(Doctor),
    Clean(Clean),
    Ping(Ping),
    Watch(Watch),
    Lookup(Lookup),
    Demo(Demo),
    Bench(Bench),
    #[command(hide = true)]
    BenchPeer(BenchPeer),
    Layout(Layout),
    Decode(Decode),
    Encode(Encode),
    Completions(Completions),
    Man(Man),
}

#[cfg(test)]
mod tests;
