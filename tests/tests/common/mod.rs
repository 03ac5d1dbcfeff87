//! What tests of Level 2 share: a run directory each, providers good and bad, and a watchdog.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of it")]

pub mod exchange;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use netipc::messages::{Increment, StringReverse};
use netipc::transport::{
    ClientSession, ConnectError, ConnectOptions, ListenOptions, Listener, Profiles, ServerSession,
};
use netipc::{Abort, Client, ClientConfig, Deadline, Endpoint, Server, ServerConfig};
use netipc_tests::support::names;
use netipc_tests::support::raw::RawListener;
#[cfg(windows)]
use netipc_tests::support::region;
use tempfile::TempDir;

/// Far beyond what anything takes here; for what must not happen at all.
pub const LONG: Duration = Duration::from_mins(1);

/// What clients and servers prefer here. A program of tests exists once for each profile, and is named after it.
pub fn profile() -> Profiles {
    match env!("CARGO_CRATE_NAME").rsplit_once("_over_") {
        Some((_, "shared_memory")) => Profiles::SHM_HYBRID,
        #[cfg(windows)]
        Some((_, "busy_memory")) => Profiles::SHM_BUSYWAIT,
        _ => Profiles::BASELINE,
    }
}

/// Whether sessions go through shared memory here, where one message is in flight in each direction.
pub fn is_over_shared_memory() -> bool {
    profile() != Profiles::BASELINE
}

/// The defaults, but for the profile.
pub fn client_config() -> ClientConfig {
    ClientConfig {
        supported_profiles: profile() | Profiles::BASELINE,
        preferred_profiles: profile(),
        ..ClientConfig::default()
    }
}

/// The defaults, but for the profile.
pub fn server_config() -> ServerConfig {
    ServerConfig {
        supported_profiles: profile() | Profiles::BASELINE,
        preferred_profiles: profile(),
        ..ServerConfig::default()
    }
}

/// The defaults, but for the profile.
pub fn connect_options() -> ConnectOptions {
    ConnectOptions {
        supported_profiles: profile() | Profiles::BASELINE,
        preferred_profiles: profile(),
        ..ConnectOptions::default()
    }
}

/// The defaults, but for the profile.
pub fn listen_options() -> ListenOptions {
    ListenOptions {
        supported_profiles: profile() | Profiles::BASELINE,
        preferred_profiles: profile(),
        ..ListenOptions::default()
    }
}

/// A run directory of its own, gone with the test, and a watchdog that ends a test that hangs.
pub struct Place {
    directory: TempDir,
    done: Arc<AtomicBool>,
}

impl Place {
    pub fn new() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let (watched, name) = (Arc::clone(&done), thread::current().name().unwrap_or("?").to_owned());
        thread::spawn(move || {
            thread::sleep(2 * LONG);
            if !watched.load(Ordering::SeqCst) {
                eprintln!("{name} hangs");
                std::process::abort();
            }
        });
        Self { directory: tempfile::tempdir().expect("a directory"), done }
    }

    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.directory.path(), "test").expect("a short path")
    }

    /// Whether no server has a name here any more.
    pub fn is_empty(&self) -> bool {
        let names = names(&self.endpoint());
        // A region that its server has closed is there for as long as a client has it.
        #[cfg(windows)]
        return names.iter().all(|name| region::is_closed_by_server(name));
        #[cfg(unix)]
        names.is_empty()
    }

    /// Whether clients can connect.
    pub fn is_served(&self) -> bool {
        is_served(&self.endpoint())
    }

    pub fn incrementer(&self) -> Server<Increment, Increment> {
        self.server(server_config(), |request| Ok(request + 1))
    }

    /// A provider of INCREMENT that answers what `answer` says.
    pub fn server(
        &self,
        config: ServerConfig,
        answer: impl Fn(u64) -> Result<u64, String> + Send + Sync + 'static,
    ) -> Server<Increment, Increment> {
        Server::<Increment, Increment>::spawn(self.endpoint(), config, move |request, response, _| {
            response.value(answer(request.value())?);
            Ok(())
        })
        .expect("the endpoint is free")
    }

    pub fn client(&self) -> Client<Increment, Increment> {
        Client::new(self.endpoint(), client_config())
    }

    pub fn ready_client(&self) -> Client<Increment, Increment> {
        let mut client = self.client();
        client.refresh();
        assert!(client.is_ready(), "{:?}", client.connect_error());
        client
    }

    /// A provider of STRING_REVERSE.
    pub fn reverser(&self, config: ServerConfig) -> Server<StringReverse, StringReverse> {
        Server::<StringReverse, StringReverse>::spawn(self.endpoint(), config, |request, response, _| {
            reverse(request, response);
            Ok(())
        })
        .expect("the endpoint is free")
    }

    pub fn reverse_client(&self, config: ClientConfig) -> Client<StringReverse, StringReverse> {
        let mut client = Client::new(self.endpoint(), config);
        client.refresh();
        assert!(client.is_ready(), "{:?}", client.connect_error());
        client
    }

    /// A provider whose every session is handled by `serve`, in turn. Whatever it does wrong, it does on purpose.
    pub fn peer(&self, serve: impl FnMut(ServerSession) + Send + 'static) -> Peer {
        self.peer_with(listen_options(), serve)
    }

    /// The same, with these limits.
    pub fn peer_with(
        &self,
        options: ListenOptions,
        serve: impl FnMut(ServerSession) + Send + 'static,
    ) -> Peer {
        peer_at(&self.endpoint(), &options, serve)
    }

    /// Something that listens and says nothing.
    pub fn silent(&self) -> Silent {
        Silent(RawListener::at(&self.endpoint()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
    }
}

/// A provider whose every session is handled by `serve`, in turn.
pub fn peer_at(
    endpoint: &Endpoint,
    options: &ListenOptions,
    mut serve: impl FnMut(ServerSession) + Send + 'static,
) -> Peer {
    let mut listener = Listener::bind(endpoint, options).expect("the endpoint is free");
    let abort = Abort::new();
    let stop = abort.clone();
    let thread = thread::spawn(move || {
        while let Ok(session) = listener.accept(Deadline::NEVER, &stop) {
            serve(session);
        }
    });
    Peer { abort, thread: Some(thread) }
}

/// Whether clients can connect.
pub fn is_served(endpoint: &Endpoint) -> bool {
    let deadline = Deadline::after(Duration::from_millis(20));
    let options = ConnectOptions { auth_token: u64::MAX, ..connect_options() };
    match ClientSession::connect(endpoint, &options, deadline, &Abort::new()) {
        // A pipe has its name for as long as one of its sessions lives; nobody comes in any more.
        Err(ConnectError::NotFound { .. }) => false,
        Err(ConnectError::TimedOut { .. }) => !cfg!(windows),
        _ => true,
    }
}

/// Listens and says nothing.
pub struct Silent(RawListener);

impl Silent {
    /// Returns when a client has connected and said HELLO.
    pub fn wait_for_hello(&self) {
        let connection = self.0.accept();
        assert!(!connection.receive().is_empty(), "it says HELLO");
        // The test ends sooner than the connection.
        std::mem::forget(connection);
    }
}

/// A provider at Level 1; ends with the test.
pub struct Peer {
    abort: Abort,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.abort.abort();
        if let Some(thread) = self.thread.take() {
            let result = thread.join();
            assert!(result.is_ok() || thread::panicking(), "the peer panicked");
        }
    }
}

/// Says from one thread that something has happened, waits for it in another.
pub fn signal() -> (mpsc::Sender<()>, impl Fn()) {
    let (sender, receiver) = mpsc::channel();
    (sender, move || receiver.recv_timeout(LONG).expect("the signal comes"))
}

pub fn reverse(
    request: <StringReverse as netipc::WireMessage>::View<'_>,
    response: &mut <StringReverse as netipc::WireMessage>::Builder<'_>,
) {
    response.text_with(request.text().len(), |place| {
        place.copy_from_slice(request.text());
        place.reverse();
    });
}
