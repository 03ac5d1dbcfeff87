//! Logon sessions: each has shared memory of its own, while pipes are the whole machine's.
//!
//! A service is in session 0, and every user who logs on in another one. The names of shared memory, which begin with
//! `Local\`, mean something else in each: between two sessions they lead to nothing, or to what somebody in the other one has
//! made under that name.

use std::io;
use std::os::windows::io::BorrowedHandle;

use super::sys::{ClosableHandle, client_logon_session, own_logon_session, server_logon_session};
use crate::Profiles;

/// What can carry a session with the server at the other end of a pipe.
pub(super) fn carried_to_server(pipe: &ClosableHandle) -> Profiles {
    carried(own_logon_session(), peer(pipe, server_logon_session))
}

/// What can carry a session with the client at the other end of a pipe.
pub(super) fn carried_from_client(pipe: &ClosableHandle) -> Profiles {
    carried(own_logon_session(), peer(pipe, client_logon_session))
}

fn peer(pipe: &ClosableHandle, ask: fn(BorrowedHandle<'_>) -> io::Result<u32>) -> io::Result<u32> {
    let pipe = pipe.enter().ok_or(io::ErrorKind::NotConnected)?;
    ask(pipe.handle())
}

/// What can carry a session between two processes of these logon sessions. Where it cannot be told they count as one and the
/// same, which is what nearly all are.
fn carried(own: io::Result<u32>, peer: io::Result<u32>) -> Profiles {
    match (own, peer) {
        (Ok(own), Ok(peer)) if own != peer => Profiles::BASELINE,
        _ => Profiles::CARRIED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown() -> io::Result<u32> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn between_different_logon_sessions_there_is_the_pipe_alone() {
        assert_eq!(carried(Ok(0), Ok(1)), Profiles::BASELINE);
        assert_eq!(carried(Ok(2), Ok(0)), Profiles::BASELINE);
    }

    #[test]
    fn within_one_there_is_everything() {
        assert_eq!(carried(Ok(0), Ok(0)), Profiles::CARRIED);
        assert_eq!(carried(Ok(7), Ok(7)), Profiles::CARRIED);
    }

    #[test]
    fn logon_sessions_that_cannot_be_told_count_as_the_same() {
        assert_eq!(carried(unknown(), Ok(1)), Profiles::CARRIED);
        assert_eq!(carried(Ok(1), unknown()), Profiles::CARRIED);
        assert_eq!(carried(unknown(), unknown()), Profiles::CARRIED);
    }
}
