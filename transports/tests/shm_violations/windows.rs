//! What only a region on Windows has: flags that say who waits and who has gone, and how often to look.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{Raw, packet};
use netipc_tests::support::region::{
    CLIENT_CLOSED, CLIENT_WAITING, Layout, Region, SERVER_CLOSED, SERVER_WAITING, SPIN_TRIES, Way,
};
use netipc_tests::support::{soon, watched};
use netipc_transport::{Deadline, Profiles, ReceiveError, Status, Violation};

use crate::sides::{Client, Server, client, client_of, in_each_profile, request, server};

/// Whether a server has told its client that it ends the session.
pub(crate) fn has_said_goodbye(_client: &Raw, region: &Region) -> bool {
    region.word(SERVER_CLOSED).load(Ordering::SeqCst) == 1
}

#[test]
fn a_region_is_laid_out_as_the_contract_says() {
    in_each_profile(|profile| {
        let server = server(profile);
        let words: Vec<u32> =
            (0..16).map(|index| server.region.word(index * 4).load(Ordering::Acquire)).collect();
        assert_eq!(words[..4], [0x4e53_5748, 3, 128, profile.bits()]);
        assert_eq!(words[4..9], [128, 192, 320, 65_600, 1_024]);
        assert_eq!(words[9..], [0; 7]);
        assert_eq!(server.region.get(64, 64), [0; 64]);
    });
}

#[test]
fn a_peer_is_woken_if_it_says_that_it_waits_and_not_otherwise() {
    watched(|| {
        let mut client = client(Profiles::SHM_HYBRID);
        let answered = client.request().response(Status::Ok, 1);
        assert!(!client.region.was_woken(Way::Request));
        client.respond(&answered, b"a");
        client.receive().unwrap();
        client.region.word(SERVER_WAITING).store(1, Ordering::SeqCst);
        client.request();
        assert!(client.region.was_woken(Way::Request));
    });
}

#[test]
fn nobody_is_woken_who_never_waits() {
    watched(|| {
        let mut client = client(Profiles::SHM_BUSYWAIT);
        client.region.word(SERVER_WAITING).store(1, Ordering::SeqCst);
        client.request();
        assert!(!client.region.was_woken(Way::Request));
    });
}

#[test]
fn a_side_that_waits_says_so_and_is_woken() {
    watched(|| {
        let mut server = server(Profiles::SHM_HYBRID);
        let Server { region, session, .. } = &mut server;
        thread::scope(|scope| {
            let waiting = scope.spawn(|| session.receive(soon()).map(|message| message.payload.to_vec()));
            while region.word(SERVER_WAITING).load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            region.publish(Way::Request, &packet(&request(1), b"a"));
            assert_eq!(waiting.join().unwrap().unwrap(), b"a");
        });
        assert_eq!(region.word(SERVER_WAITING).load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_waiting_flag_of_the_peer_is_no_business_of_this_side() {
    watched(|| {
        let mut client = client(Profiles::SHM_HYBRID);
        client.region.word(CLIENT_WAITING).store(u32::MAX, Ordering::SeqCst);
        let answered = client.request().response(Status::Ok, 1);
        client.respond(&answered, b"a");
        assert_eq!(client.receive().unwrap(), b"a");
    });
}

#[test]
fn whatever_spin_tries_a_server_writes_a_client_meets_its_deadline() {
    in_each_profile(|profile| {
        for spin_tries in [0, u32::MAX] {
            let mut client = client_of(profile, &Layout::default(), |region| {
                region.word(SPIN_TRIES).store(spin_tries, Ordering::SeqCst);
            });
            let answered = client.request().response(Status::Ok, 1);
            let found = client.session.receive(Deadline::after(Duration::from_millis(5)));
            assert!(matches!(found, Err(ReceiveError::TimedOut)), "{found:?}");
            client.respond(&answered, b"a");
            assert_eq!(client.receive().unwrap(), b"a");
        }
    });
}

#[test]
fn a_peer_that_sets_its_closed_flag_has_gone() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.publish(&request(1), b"a");
        server.region.word(CLIENT_CLOSED).store(1, Ordering::SeqCst);
        assert_eq!(server.receive().unwrap(), b"a", "it was published before");
        assert!(matches!(server.receive(), Err(ReceiveError::Closed)));
        let mut client = client(profile);
        let answered = client.request().response(Status::Ok, 1);
        client.respond(&answered, b"a");
        client.region.word(SERVER_CLOSED).store(u32::MAX, Ordering::SeqCst);
        assert_eq!(client.receive().unwrap(), b"a");
        assert!(matches!(client.receive(), Err(ReceiveError::Closed)));
    });
}

#[test]
fn a_side_that_waits_learns_of_the_flag_at_once() {
    watched(|| {
        let mut server = server(Profiles::SHM_HYBRID);
        let Server { region, session, .. } = &mut server;
        thread::scope(|scope| {
            let waiting = scope.spawn(|| session.receive(Deadline::NEVER).map(drop));
            while region.word(SERVER_WAITING).load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            region.word(CLIENT_CLOSED).store(1, Ordering::SeqCst);
            region.wake(Way::Request);
            assert!(matches!(waiting.join().unwrap(), Err(ReceiveError::Closed)));
        });
    });
}

#[test]
fn a_side_that_closes_says_so_and_wakes_its_peer() {
    in_each_profile(|profile| {
        let Client { region, session, .. } = client(profile);
        assert_eq!(region.word(CLIENT_CLOSED).load(Ordering::SeqCst), 0);
        drop(session);
        assert_eq!(region.word(CLIENT_CLOSED).load(Ordering::SeqCst), 1);
        assert_eq!(region.was_woken(Way::Request), profile == Profiles::SHM_HYBRID);
        let Server { region, session, .. } = server(profile);
        drop(session);
        assert_eq!(region.word(SERVER_CLOSED).load(Ordering::SeqCst), 1);
        assert_eq!(region.was_woken(Way::Response), profile == Profiles::SHM_HYBRID);
    });
}

#[test]
fn an_empty_message_on_the_pipe_is_a_violation_and_no_end() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.client.send(b"");
        let violation = server.violation();
        assert!(matches!(violation, Violation::UnexpectedPacket), "{violation:?}");
    });
}
