//! Failures before anything is sent, and what errors say.

use netipc::messages::{Increment, StringReverse, StringReverseRef};
use netipc::{CallError, Client, ClientConfig, ClientState, Server, Side};

use crate::common::{Place, client_config, reverse, server_config};

#[test]
fn a_request_over_the_agreed_limit_is_refused_and_the_session_goes_on() {
    let place = Place::new();
    let config = server_config();
    let _server =
        Server::<StringReverse, StringReverse>::spawn(place.endpoint(), config, |request, response, _| {
            reverse(request, response);
            Ok(())
        })
        .expect("the endpoint is free");
    let config = ClientConfig { max_request_payload_bytes: 100, ..client_config() };
    let mut client = Client::<StringReverse, StringReverse>::new(place.endpoint(), config);
    client.refresh();
    // 8 bytes of header, a NUL behind the string.
    let fits = [b'x'; 91];
    assert_eq!(client.call(StringReverseRef { text: &fits }).expect("it fits").text(), &fits[..]);
    let error = client.call(StringReverseRef { text: &[b'x'; 92] }).expect_err("one more does not");
    assert!(
        matches!(error, CallError::RequestTooLarge { bytes: 101, limit: 100, side: Side::Client }),
        "{error}"
    );
    assert!(!error.is_transient());
    assert_eq!(client.status().state, ClientState::Ready);
    assert_eq!(client.call(StringReverseRef { text: b"abc" }).expect("still served").text(), "cba");
    assert_eq!(client.status().connects, 1);
}

#[test]
fn an_error_says_what_happened_to_what() {
    let place = Place::new();
    let mut client = place.client();
    client.refresh();
    let error = client.call(&Increment { value: 1 }).expect_err("nobody is there");
    let text = error.to_string();
    assert!(text.contains("NOT_FOUND") && text.contains("refresh()"), "{text}");
    let why = client.connect_error().expect("there is a reason").to_string();
    assert!(why.contains(&place.endpoint().to_string()), "{why}");
}
