use std::time::Duration;

use super::*;
use crate::listener::FIRST_PACKET;
use crate::windows::sys::{ClosableHandle, Operation, open_pipe};
use crate::{ClientSession, ConnectOptions, Progress};

fn endpoint(directory: &tempfile::TempDir) -> Endpoint {
    Endpoint::new(directory.path(), "web").unwrap()
}

/// A listener whose first instance fails whenever it is to wait for a client: it is a client's end.
fn broken(endpoint: &Endpoint) -> Listener {
    let mut listener = Listener::bind(endpoint, &ListenOptions::default()).unwrap();
    let pipe = Arc::new(ClosableHandle::new(open_pipe(endpoint.pipe_name()).unwrap()));
    let operation = Operation::new(Arc::clone(&pipe), Arc::clone(&listener.changed), FIRST_PACKET);
    listener.instances[0] = Instance { pipe, operation };
    listener
}

#[test]
fn an_instance_that_fails_is_told_of_and_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let mut listener = broken(&endpoint(&directory));
    let failed = listener.try_accept();
    assert!(matches!(failed, Err(AcceptError::Io(_))), "{failed:?}");
    assert!(listener.changed.wait(Some(Duration::ZERO)).unwrap(), "there is more to do");
    assert!(listener.try_accept().unwrap().is_none());
}

#[test]
fn an_instance_that_fails_keeps_nobody_from_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = endpoint(&directory);
    let mut listener = broken(&endpoint);
    let client = ClientSession::begin(&endpoint, &ConnectOptions::default(), &Abort::new()).unwrap();
    let Ok(Progress::Readable(_client)) = client.advance() else { panic!("it has a connection") };
    let accept =
        |listener: &mut Listener| listener.accept(Deadline::after(Duration::from_secs(30)), &Abort::new());
    // The failure is told first where the client's HELLO is not read at once.
    let accepted = accept(&mut listener).or_else(|_| accept(&mut listener));
    assert!(accepted.is_ok(), "{accepted:?}");
}
