//! `netipc doctor`

use clap::Args;

use super::connection::Survey;

/// Say what is wrong with a run directory, and what to do
///
/// Looks at everything that keeps providers from starting and callers from reaching them, each by itself, and changes
/// nothing that stays. Providers are asked as by `netipc list`, and see the token. What is `fine` needs nothing; a `note`
/// may be as it should be; what is `wrong` has to be mended.
#[derive(Debug, Args)]
#[command(after_long_help = "\
What is looked at:
  directory    it exists and is a directory
  owner        nobody else can put a socket into it and so be the provider
  access       you may list it, connect to its sockets, make some
  path         the names of services fit into the address of a socket
  file system  it can be written to and has room for shared memory
  left behind  no files of providers that are gone
  other files  no files that only look like a provider's
  service      each answers, with this token

And on Windows:
  directory        there is one, for pipes to be named after
  pipe             one can be made and connected to: a provider is started for a moment, and called
  user             who may call what you provide
  shared memory    a session can be in it
  other pipes      no name of a service is taken by a pipe that is no provider's
  windows session  the providers are in yours: there is no shared memory between different ones
  service          each answers, with this token; it is shown only to pipes that belong to you,
                   LocalSystem or the administrators, and to the one of --service

Fields of the JSON:
  run_dir
  wrong    how many checks have found something wrong
  checks   of each
    check       as above, with _ for spaces
    service     that it is about, or null
    result      fine, note, wrong
    finding     what is so
    advice      what to do, or null

Exit status 1 if something is wrong.

Examples:
  netipc doctor
  netipc doctor --run-dir /run/netdata --service cgroups-snapshot
  NETIPC_AUTH_TOKEN=0x1234 netipc doctor --json | jq '.checks[] | select(.result == \"wrong\")'")]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) survey: Survey,
}
