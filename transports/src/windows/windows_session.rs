//! Sessions of Windows (those of Remote Desktop Services, which have numbers): each has shared memory of its own, while pipes
//! are the whole machine's.
//!
//! Services are in session 0, and every user who logs on in another one. The names of shared memory, which begin with
//! `Local\`, mean something else in each: between two sessions they lead to nothing, or to what somebody in the other one has
//! made under that name.

use std::io;
use std::os::windows::io::BorrowedHandle;

use super::sys::{
    ClosableHandle, client_process_id, client_windows_session, own_windows_session, server_process_id,
    server_windows_session, windows_session_of,
};
use crate::Profiles;

/// What can carry a session with the server at the other end of a pipe.
pub(super) fn carried_to_server(pipe: &ClosableHandle) -> Profiles {
    carried(own_windows_session(), peer(pipe, server_windows_session, server_process_id))
}

/// What can carry a session with the client at the other end of a pipe.
pub(super) fn carried_from_client(pipe: &ClosableHandle) -> Profiles {
    carried(own_windows_session(), peer(pipe, client_windows_session, client_process_id))
}

type Ask = fn(BorrowedHandle<'_>) -> io::Result<u32>;

/// The session of Windows that the peer is in: as the pipe tells it, or as its process does.
fn peer(pipe: &ClosableHandle, session: Ask, process: Ask) -> io::Result<u32> {
    let pipe = pipe.enter().ok_or(io::ErrorKind::NotConnected)?;
    session(pipe.handle()).or_else(|_| windows_session_of(process(pipe.handle())?))
}

/// What can carry a session between processes that are in these sessions of Windows. Where that cannot be told they count as
/// different ones, between which the pipe does whatever there is to do.
fn carried(own: io::Result<u32>, peer: io::Result<u32>) -> Profiles {
    match (own, peer) {
        (Ok(own), Ok(peer)) if own == peer => Profiles::CARRIED,
        _ => Profiles::BASELINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::sys::{NewInstance, SecurityDescriptor, open_pipe};

    fn unknown() -> io::Result<u32> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn between_different_windows_sessions_there_is_the_pipe_alone() {
        assert_eq!(carried(Ok(0), Ok(1)), Profiles::BASELINE);
        assert_eq!(carried(Ok(2), Ok(0)), Profiles::BASELINE);
    }

    #[test]
    fn within_one_there_is_everything() {
        assert_eq!(carried(Ok(0), Ok(0)), Profiles::CARRIED);
        assert_eq!(carried(Ok(7), Ok(7)), Profiles::CARRIED);
    }

    #[test]
    fn windows_sessions_that_cannot_be_told_count_as_different_ones() {
        assert_eq!(carried(unknown(), Ok(1)), Profiles::BASELINE);
        assert_eq!(carried(Ok(1), unknown()), Profiles::BASELINE);
        assert_eq!(carried(unknown(), unknown()), Profiles::BASELINE);
    }

    #[test]
    fn what_the_pipe_does_not_tell_of_its_peer_the_peers_process_does() {
        let name = format!(r"\\.\pipe\netipc-test-{}-peer", std::process::id());
        let security = SecurityDescriptor::new().unwrap();
        let _instance = NewInstance::first(&name, 4_096, &security).create().unwrap();
        let pipe = ClosableHandle::new(open_pipe(&name).unwrap());
        let own = own_windows_session().unwrap();
        assert_eq!(peer(&pipe, |_| unknown(), server_process_id).unwrap(), own);
        assert_eq!(peer(&pipe, server_windows_session, |_| unknown()).unwrap(), own);
        assert!(peer(&pipe, |_| unknown(), |_| unknown()).is_err());
    }
}
