use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;
use crate::posix::address::address;

/// Whether the listener has something to do.
fn is_ready(listener: &Listener) -> bool {
    let mut listener = [PollFd::new(listener, PollFlags::IN)];
    poll(&mut listener, Some(&Timespec::default())).unwrap() != 0
}

/// A listener whose descriptors somebody else holds too, as a child that was forked does.
struct Shared {
    listener: Listener,
    held: Vec<OwnedFd>,
    _directory: tempfile::TempDir,
}

impl Shared {
    fn new(options: &ListenOptions) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::new(directory.path(), "web").unwrap();
        let listener = Listener::bind(&endpoint, options).unwrap();
        Self { listener, held: Vec::new(), _directory: directory }
    }

    /// A client that has connected and said nothing.
    fn client(&mut self) -> OwnedFd {
        let client = sys::socket().unwrap();
        sys::connect(&client, &address(self.listener.endpoint().socket_path()).unwrap()).unwrap();
        assert!(self.listener.try_accept().unwrap().is_none());
        self.held = {
            let pending = self.listener.reception.handshakes.connections();
            pending.map(|pending| pending.fd.try_clone().unwrap()).collect()
        };
        client
    }

    /// Lets a client whose handshake was dropped hang up, and does what there is to do.
    fn has_nothing_to_do_when(mut self, client: OwnedFd) {
        drop(client);
        assert!(self.listener.try_accept().unwrap().is_none());
        assert!(!is_ready(&self.listener));
    }
}

#[test]
fn a_client_that_leaves_in_its_handshake_is_watched_no_longer_whoever_holds_its_socket() {
    let mut shared = Shared::new(&ListenOptions::default());
    let client = shared.client();
    shared.has_nothing_to_do_when(client);
}

#[test]
fn a_client_that_is_late_is_watched_no_longer_whoever_holds_its_socket() {
    let handshake_timeout = Duration::from_nanos(1);
    let mut shared = Shared::new(&ListenOptions { handshake_timeout, ..ListenOptions::default() });
    let client = shared.client();
    assert!(shared.listener.try_accept().unwrap().is_none());
    assert_eq!(shared.listener.reception.handshakes.len(), 0);
    shared.has_nothing_to_do_when(client);
}

#[test]
fn a_client_that_has_made_way_is_watched_no_longer_whoever_holds_its_socket() {
    let mut shared = Shared::new(&ListenOptions { max_pending_handshakes: 1, ..ListenOptions::default() });
    let client = shared.client();
    let held = std::mem::take(&mut shared.held);
    let _other = shared.client();
    shared.held.extend(held);
    shared.has_nothing_to_do_when(client);
}
