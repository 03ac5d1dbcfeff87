//! What is told to whoever observes a program, with the feature `tracing`.

use std::fmt;
#[cfg(target_os = "linux")]
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use netipc::messages::{StringReverse, StringReverseRef};
use netipc::transport::MessageHeader;
use netipc::transport::envelope::{Hello, HelloAck};
use netipc::{Client, ClientConfig, Endpoint, Profiles, Server, ServerConfig, Status};
use netipc_tests::support::raw::{RawListener, ack, ack_packet};
#[cfg(target_os = "linux")]
use netipc_tests::support::region::{Layout, OWNER_PID, Region};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

type Told = Arc<Mutex<Vec<String>>>;

/// Every event of this process, as its level, its message and its fields.
static TOLD: OnceLock<Told> = OnceLock::new();

struct Capture(Told);

impl<S: tracing::Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut text = Text(event.metadata().level().to_string());
        event.record(&mut text);
        self.0.lock().expect("not poisoned").push(text.0);
    }
}

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        use fmt::Write;
        write!(self.0, " {}={value:?}", field.name()).expect("a String takes everything");
    }
}

fn told() -> MutexGuard<'static, Vec<String>> {
    let begin = || {
        let told = Told::default();
        let subscriber = tracing_subscriber::registry().with(Capture(Arc::clone(&told)));
        tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
        told
    };
    TOLD.get_or_init(begin).lock().expect("not poisoned")
}

/// A run directory, and what is told of it.
struct Place {
    _directory: tempfile::TempDir,
    endpoint: Endpoint,
}

impl Place {
    fn new() -> Self {
        drop(told());
        let directory = tempfile::tempdir().expect("a directory");
        let endpoint = Endpoint::new(directory.path(), "test").expect("a short path");
        Self { _directory: directory, endpoint }
    }

    /// Gives every text back as it is, and fails where that is "fail".
    fn server(&self, config: ServerConfig) -> Server<StringReverse, StringReverse> {
        Server::<StringReverse, StringReverse>::spawn(
            self.endpoint.clone(),
            config,
            |request, response, _| {
                response.text(request.text());
                assert!(request.text() != "panic", "as the test wants it, too");
                if request.text() == "fail" { Err("as the test wants it".into()) } else { Ok(()) }
            },
        )
        .expect("the endpoint is free")
    }

    fn client(&self, config: ClientConfig) -> Client<StringReverse, StringReverse> {
        let mut client = Client::new(self.endpoint.clone(), config);
        client.refresh();
        client
    }

    /// Returns once this endpoint has been told of in these words.
    fn wait_for(&self, words: &[&str]) {
        let endpoint = self.endpoint.to_string();
        let is_wanted =
            |text: &String| text.contains(&endpoint) && words.iter().all(|word| text.contains(word));
        for _ in 0..600 {
            if told().iter().any(is_wanted) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("nobody told {words:?}: {:#?}", told());
    }

    fn count(&self) -> usize {
        let endpoint = self.endpoint.to_string();
        told().iter().filter(|text| text.contains(&endpoint)).count()
    }
}

#[test]
fn both_sides_tell_of_a_session_with_what_it_has_agreed_and_of_its_end() {
    let place = Place::new();
    let _server = place.server(ServerConfig { packet_size: 4_096, ..ServerConfig::default() });
    let mut client = place.client(ClientConfig::default());
    let profile = format!("profile={}", Profiles::BASELINE);
    place.wait_for(&["INFO message=connected", &profile, "packet_size=4096", "session_id=1"]);
    place.wait_for(&["INFO message=a session begins", "max_request_payload_bytes=1024", "pid="]);
    client.close();
    place.wait_for(&["DEBUG message=a session is over"]);
    place.wait_for(&["DEBUG message=a session ends", "session_id=1"]);
}

#[test]
fn a_client_tells_why_there_is_no_session() {
    let place = Place::new();
    place.client(ClientConfig::default());
    place.wait_for(&["DEBUG message=not connected", "error=nobody"]);
}

#[test]
fn growth_and_a_proposal_that_is_taken_back_are_told() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 4_096, ..ServerConfig::default() };
    let _server = place.server(config);
    let mut client = place.client(ClientConfig::default());
    client.call(StringReverseRef { text: &[b'x'; 3_000] }).expect("it grows");
    place.wait_for(&["INFO message=a session allows more", "max_request_payload_bytes=4096"]);
    client.call(StringReverseRef { text: &[b'x'; 5_000] }).map(|_| ()).expect_err("it grows no more");
    place.wait_for(&["DEBUG message=a refused proposal is taken back", "max_request_payload_bytes=4096"]);
}

#[test]
fn a_server_that_learns_to_offer_more_tells_of_it() {
    let place = Place::new();
    let _server = place.server(ServerConfig::default());
    let mut client = place.client(ClientConfig::default());
    client.call(StringReverseRef { text: &vec![b'x'; 70_000] }).expect("both grow");
    place.wait_for(&["INFO message=a response did not fit", "max_response_payload_bytes=131072"]);
    place.wait_for(&["WARN message=a request is rejected", "status=LIMIT_EXCEEDED"]);
}

#[test]
fn rejections_are_told_with_their_reason() {
    let place = Place::new();
    let _server = place.server(ServerConfig { auth_token: 1, ..ServerConfig::default() });
    place.client(ClientConfig::default());
    place.wait_for(&["WARN message=a handshake is rejected", "status=AUTH_FAILED"]);
    let mut client = place.client(ClientConfig { auth_token: 1, ..ClientConfig::default() });
    client.call(StringReverseRef { text: b"fail" }).map(|_| ()).expect_err("as the test wants it");
    place.wait_for(&["WARN message=a request is rejected", "status=INTERNAL_ERROR"]);
    place.wait_for(&["DEBUG message=a session is made again", "INTERNAL_ERROR"]);
    place.wait_for(&["WARN message=a handler has failed", "error=the handler failed: as the test wants it"]);
    client.call(StringReverseRef { text: b"panic" }).map(|_| ()).expect_err("as the test wants it");
    place
        .wait_for(&["WARN message=a handler has failed", "error=the handler panicked: as the test wants it"]);
}

#[cfg(target_os = "linux")]
#[test]
fn doing_without_shared_memory_is_told() {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    let both = Profiles::SHM_HYBRID | Profiles::BASELINE;
    // Promises shared memory to whoever proposes it, and makes none.
    let liar = std::thread::spawn(move || {
        for _ in 0..2 {
            let peer = listener.accept();
            let hello = Hello::decode(&peer.receive()[MessageHeader::LEN..]).expect("a HELLO");
            let selected_profile = hello.supported_profiles.highest();
            peer.send(&ack_packet(Status::Ok, &HelloAck { selected_profile, ..ack() }));
            // Until the client closes.
            peer.receive();
        }
    });
    let client = place.client(ClientConfig { supported_profiles: both, ..ClientConfig::default() });
    assert!(client.is_ready(), "{:?}", client.connect_error());
    place.wait_for(&["WARN message=shared memory cannot be attached", "error="]);
    drop(client);
    liar.join().expect("it does not panic");
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_tells_of_a_session_that_gets_no_region() {
    let place = Place::new();
    // The first session's name is taken, by a process that lives.
    let taken = Region::create(&place.endpoint, Profiles::SHM_HYBRID, 1, &Layout::default());
    taken.word(OWNER_PID).store(1, Ordering::Relaxed);
    let both = Profiles::SHM_HYBRID | Profiles::BASELINE;
    let server = place.server(ServerConfig { supported_profiles: both, ..ServerConfig::default() });
    let client = place.client(ClientConfig { supported_profiles: both, ..ClientConfig::default() });
    assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(Profiles::BASELINE));
    place.wait_for(&["WARN message=a session has to do without shared memory", "session_id=1", "error="]);
    assert_eq!(server.status().without_shared_memory, 1);
}

#[test]
fn calls_that_are_well_are_not_told() {
    for profile in [Profiles::BASELINE, Profiles::CARRIED.highest()] {
        let place = Place::new();
        let config = ServerConfig { supported_profiles: profile, ..ServerConfig::default() };
        let _server = place.server(config);
        let mut client =
            place.client(ClientConfig { supported_profiles: profile, ..ClientConfig::default() });
        assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(profile));
        client.call(StringReverseRef { text: b"a" }).expect("served");
        place.wait_for(&["a session begins"]);
        let before = place.count();
        for _ in 0..100 {
            client.call(StringReverseRef { text: b"a" }).expect("served");
        }
        assert_eq!(place.count(), before);
    }
}
