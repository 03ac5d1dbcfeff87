//! `netipc list`

use clap::Args;

use super::connection::Survey;

/// Show what is served in a run directory, and what has been left there
///
/// Connects to every socket or pipe, as a client that proposes what the contract's defaults say, shows the token, and leaves
/// again. RESPONSE is the largest response that the provider offers, PACKET what both agree on, in bytes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
STATE of an endpoint:
  serving            the provider answers
  refuses token      another one than --auth-token gives is wanted
  full               the provider takes no further client, or no request of the default size
  incompatible       the provider speaks another version, or has no profile in common
  silent             something listens, and has not answered in time
  failed             the handshake broke; a line below the table says how
  gone               the provider ended while it was being asked
  unasked            something listens, and is not shown the token, or 1024 others are asked; a line
                     below the table says why, and --service asks it
  left behind        the provider is gone, its socket is not: `netipc clean` removes it
  foreign            no provider's, whatever its name says
  unknown            you may not connect to it (usually another user's), or its path is too long

Fields of the JSON:
  run_dir    the directory
  endpoints  its sockets or pipes; of each
    service, path
    state       as above, with _ for spaces
    reason      why it is not serving, or null
    pid, uid, user
                the provider's process and user; the file's owner where nobody answers
    profile, packet_size, max_request_payload_bytes, max_request_batch_items,
    max_response_payload_bytes, max_response_batch_items
                what a client gets; null where it is not serving
  regions    the shared memory of sessions; of each
    service, session_id, path, bytes
    state       in_use, left_behind, foreign, unknown
    reason      why it is one of the last two, or null
    pid, uid, user
                the provider's process, and the file's owner

On Windows an endpoint is a pipe, and path its name. Users have no number: uid is null. So are pid
and user where all instances of the pipe are taken, or it may not be opened, and user alone where
its process may not be asked: a service's, or an elevated one's, by an ordinary user. There are no
regions, and nothing is left behind. Any process may make a pipe of any name: a token other than 0
is shown to pipes that belong to you, LocalSystem or the administrators, and to that of --service.

Examples:
  netipc list
  netipc list --run-dir /run/netdata --timeout 200ms
  netipc list --json | jq -r '.endpoints[] | select(.state == \"serving\") | .service'")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) survey: Survey,
}
