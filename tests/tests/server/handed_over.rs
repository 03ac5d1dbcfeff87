//! A server on a socket that somebody else has made.

use std::os::fd::OwnedFd;

use netipc::messages::Increment;
use netipc::transport::Misfit;
use netipc::{ListenError, Server};
use netipc_tests::support::raw::RawListener;

use crate::common::{Place, server_config};

fn incrementer(socket: OwnedFd, place: &Place) -> Result<Server<Increment, Increment>, ListenError> {
    Server::<Increment, Increment>::spawn_on(
        socket,
        place.endpoint(),
        server_config(),
        |request, response, _| {
            response.value(request.value() + 1);
            Ok(())
        },
    )
}

#[test]
fn a_socket_that_was_handed_over_is_served_and_stays_when_the_server_stops() {
    let place = Place::new();
    let manager = RawListener::at(&place.endpoint());
    for _ in 0..2 {
        let socket = manager.fd.try_clone().expect("a descriptor");
        let server = incrementer(socket, &place).expect("it fits");
        let mut client = place.ready_client();
        assert_eq!(client.call(&Increment { value: 1 }).expect("served").value(), 2);
        server.stop();
        assert!(place.endpoint().socket_path().exists());
    }
}

#[test]
fn a_socket_at_another_path_is_a_misfit() {
    let (place, other) = (Place::new(), Place::new());
    let manager = RawListener::at(&other.endpoint());
    let error = incrementer(manager.fd, &place).expect_err("another path");
    assert!(matches!(error, ListenError::Misfit { misfit: Misfit::Elsewhere { .. }, .. }), "{error:?}");
}
