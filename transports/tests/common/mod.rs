//! What the tests of this crate share: run directories of their own, a watchdog, and peers that speak raw packets.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of them")]
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test that panics has failed")]

pub mod raw;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netipc_transport::{
    Abort, ClientSession, ConnectError, ConnectOptions, Deadline, Endpoint, ListenOptions, Listener,
    ServerSession,
};
use tempfile::TempDir;

/// No test takes nearly so long; one that does hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A deadline that only a hanging test meets.
pub fn soon() -> Deadline {
    Deadline::after(PATIENCE)
}

/// Runs a test, and fails it if it hangs.
pub fn watched(test: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let runner = thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    match finished.recv_timeout(2 * PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the test hangs"),
        // A test that has panicked has dropped its end.
        _ => runner.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// A run directory that is gone when this is, and the endpoint `web` in it.
pub struct Place {
    pub dir: TempDir,
    pub endpoint: Endpoint,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::new(dir.path(), "web").unwrap();
        Self { dir, endpoint }
    }

    pub fn listen(&self) -> Listener {
        self.listen_with(&ListenOptions::default())
    }

    pub fn listen_with(&self, options: &ListenOptions) -> Listener {
        Listener::bind(&self.endpoint, options).unwrap()
    }

    pub fn connect_with(&self, options: &ConnectOptions) -> Result<ClientSession, ConnectError> {
        ClientSession::connect(&self.endpoint, options, soon(), &Abort::new())
    }

    pub fn socket_exists(&self) -> bool {
        self.endpoint.socket_path().symlink_metadata().is_ok()
    }
}

/// Both ends of a session, and the listener that made it.
pub struct Pair {
    pub place: Place,
    pub listener: Listener,
    pub client: ClientSession,
    pub server: ServerSession,
}

pub fn pair() -> Pair {
    pair_with(&ConnectOptions::default(), &ListenOptions::default())
}

pub fn pair_with(connect: &ConnectOptions, listen: &ListenOptions) -> Pair {
    let place = Place::new();
    let mut listener = place.listen_with(listen);
    let (client, server) = thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(connect).unwrap());
        let server = accept(&mut listener);
        (client.join().unwrap(), server)
    });
    Pair { place, listener, client, server }
}

pub fn accept(listener: &mut Listener) -> ServerSession {
    listener.accept(soon(), &Abort::new()).unwrap()
}

/// Bytes that are all different from their neighbours.
pub fn counting(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

/// A server that answers every request of every client with the payload reversed, each session in a thread, until it
/// is dropped.
pub struct Reverser {
    stop: Abort,
    thread: Option<thread::JoinHandle<()>>,
}

impl Reverser {
    pub fn start(mut listener: Listener) -> Self {
        let stop = Abort::new();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            while let Ok(session) = listener.accept(Deadline::NEVER, &stopped) {
                thread::spawn(move || reverse_all(session));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Reverser {
    fn drop(&mut self) {
        self.stop.abort();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers until the session ends; refuses what it must.
pub fn reverse_all(mut session: ServerSession) {
    let mut answer = Vec::new();
    loop {
        let header = match session.receive(Deadline::NEVER) {
            Ok(request) => {
                answer.clear();
                answer.extend(request.payload.iter().rev());
                request.header
            }
            Err(error) => {
                if let Some(header) = error.header() {
                    let _ = session.refuse(header, netipc_transport::Status::LimitExceeded, soon());
                }
                return;
            }
        };
        if session.respond(header, &answer, soon()).is_err() {
            return;
        }
    }
}
