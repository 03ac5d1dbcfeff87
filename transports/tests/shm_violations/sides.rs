//! The sides of a session of which one is raw.

use std::thread;

use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, hello_packet, packet};
use netipc_tests::support::region::{Layout, PROFILES, Region, Way};
use netipc_tests::support::{Place, accept, soon, watched};
use netipc_transport::envelope::{Hello, HelloAck};
use netipc_transport::{
    ClientSession, ConnectError, ConnectOptions, ListenOptions, Listener, MessageHeader, Profiles,
    ReceiveError, ServerSession, Status, Violation,
};

/// Runs a test over every profile of shared memory that the platform has.
pub(crate) fn in_each_profile(test: fn(Profiles)) {
    watched(move || PROFILES.into_iter().for_each(test));
}

/// A raw client with a real server's session, whose requests have up to 100 bytes of payload in an area of 192.
pub(crate) struct Server {
    pub(crate) client: Raw,
    pub(crate) region: Region,
    pub(crate) session: ServerSession,
    pub(crate) listener: Listener,
    pub(crate) place: Place,
}

pub(crate) fn server(profile: Profiles) -> Server {
    let place = Place::new();
    let offered = profile | Profiles::BASELINE;
    let mut listener =
        place.listen_with(&ListenOptions { supported_profiles: offered, ..ListenOptions::default() });
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&Hello {
        supported_profiles: offered,
        max_request_payload_bytes: 100,
        ..hello()
    }));
    let session = accept(&mut listener);
    let (status, ack) = client.receive_ack();
    assert_eq!((status, ack.selected_profile), (Status::Ok, profile));
    let region = Region::open(&place.endpoint, profile, 1);
    Server { client, region, session, listener, place }
}

impl Server {
    pub(crate) fn publish(&self, header: &MessageHeader, payload: &[u8]) {
        self.region.publish(Way::Request, &packet(header, payload));
    }

    pub(crate) fn receive(&mut self) -> Result<Vec<u8>, ReceiveError> {
        self.session.receive(soon()).map(|message| message.payload.to_vec())
    }

    pub(crate) fn violation(&mut self) -> Violation {
        violation(self.receive())
    }
}

/// A raw server with a real client's session.
pub(crate) struct Client {
    pub(crate) server: Raw,
    pub(crate) region: Region,
    pub(crate) session: ClientSession,
    _place: Place,
}

pub(crate) fn client(profile: Profiles) -> Client {
    client_of(profile, &Layout::default(), |_| ())
}

/// A client that attaches to a region of this layout, in which something was changed before.
pub(crate) fn client_of(profile: Profiles, layout: &Layout, change: impl FnOnce(&Region)) -> Client {
    let place = Place::new();
    let region = Region::create(&place.endpoint, profile, 1, layout);
    change(&region);
    let (server, session) = connect(&place, profile);
    Client { server, region, session: session.unwrap(), _place: place }
}

/// A raw server that agrees on this profile, and what comes of that at a client.
pub(crate) fn connect(place: &Place, profile: Profiles) -> (Raw, Result<ClientSession, ConnectError>) {
    connect_to(place, profile, |server| server)
}

/// A raw server that agrees on this profile and then does this, and what comes of that at a client.
pub(crate) fn connect_to<T: Send>(
    place: &Place,
    profile: Profiles,
    then: impl FnOnce(Raw) -> T + Send,
) -> (T, Result<ClientSession, ConnectError>) {
    let listener = RawListener::at(&place.endpoint);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            let selected = HelloAck {
                server_supported_profiles: profile,
                intersection_profiles: profile,
                selected_profile: profile,
                ..ack()
            };
            server.send(&ack_packet(Status::Ok, &selected));
            then(server)
        });
        let options = ConnectOptions { supported_profiles: profile, ..ConnectOptions::default() };
        let session = place.connect_with(&options);
        (server.join().unwrap(), session)
    })
}

impl Client {
    pub(crate) fn request(&mut self) -> MessageHeader {
        self.session.send(3, 9, b"request", soon()).unwrap();
        let (header, payload) = self.region.message(Way::Request);
        assert_eq!((header.code, header.message_id, &payload[..]), (3, 9, &b"request"[..]));
        header
    }

    pub(crate) fn respond(&self, header: &MessageHeader, payload: &[u8]) {
        self.region.publish(Way::Response, &packet(header, payload));
    }

    pub(crate) fn receive(&mut self) -> Result<Vec<u8>, ReceiveError> {
        self.session.receive(soon()).map(|message| message.payload.to_vec())
    }

    pub(crate) fn violation(&mut self) -> Violation {
        violation(self.receive())
    }
}

fn violation(received: Result<Vec<u8>, ReceiveError>) -> Violation {
    match received {
        Err(ReceiveError::Violation { violation, .. }) => violation,
        other => panic!("{other:?}"),
    }
}

/// The header of a request with so many bytes.
pub(crate) fn request(payload_len: u32) -> MessageHeader {
    MessageHeader::request(3, 9, payload_len)
}
