//! Names of a region and its events on Windows at which there is nothing, or something else.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{Raw, hello, hello_packet};
use netipc_tests::support::region::{Layout, Region, Section, Way, stem};
use netipc_tests::support::{Place, accept, watched};
use netipc_transport::envelope::Hello;
use netipc_transport::{AttachError, ConnectError, ConnectOptions, CreateError, ListenOptions, Profiles};

use crate::sides::{connect, connect_to, in_each_profile};

fn region(place: &Place, profile: Profiles) -> Region {
    Region::create(&place.endpoint, profile, 1, &Layout::default())
}

/// Why a client cannot attach where there is this.
fn not_attached(profile: Profiles, make: impl FnOnce(&Place) -> Option<Region>) -> AttachError {
    let place = Place::new();
    let _made = make(&place);
    match connect(&place, profile).1 {
        Err(ConnectError::Attach { source, .. }) => source,
        found => panic!("{found:?}"),
    }
}

#[test]
fn a_client_that_finds_no_mapping_cannot_attach() {
    in_each_profile(|profile| {
        let error = not_attached(profile, |_| None);
        assert!(matches!(error, AttachError::Missing { .. }), "{error}");
    });
}

#[test]
fn a_client_that_finds_no_mapping_of_a_server_that_is_going_is_told_that_it_has_gone() {
    in_each_profile(|profile| {
        // Its mapping goes first, and its pipe a moment later.
        let going = |server| {
            thread::sleep(Duration::from_millis(20));
            drop(server);
        };
        let error = connect_to(&Place::new(), profile, going).1.unwrap_err();
        assert!(matches!(error, ConnectError::Closed { .. }), "{error:?}");
    });
}

#[test]
fn a_client_that_finds_no_events_cannot_attach_where_it_would_wait_for_them() {
    watched(|| {
        let mapping_alone = |place: &Place, profile| region(place, profile).without_events();
        let profile = Profiles::SHM_HYBRID;
        let error = not_attached(profile, |place| Some(mapping_alone(place, profile)));
        assert!(
            matches!(&error, AttachError::Missing { path } if path.to_string_lossy().ends_with("_event")),
            "{error}"
        );
        let (place, profile) = (Place::new(), Profiles::SHM_BUSYWAIT);
        let _region = mapping_alone(&place, profile);
        assert!(connect(&place, profile).1.is_ok());
    });
}

#[test]
fn a_client_that_finds_another_header_cannot_attach() {
    in_each_profile(|profile| {
        let other = Profiles::from_bits(profile.bits() ^ 6).bits();
        let cases = [
            (0, 0, "bad magic"),
            (4, 4, "bad version"),
            (8, 64, "bad header length"),
            (12, other, "bad profile"),
            (Way::Request.offset(), 64, "not ready"),
            (Way::Response.capacity(), 0, "not ready"),
            (Way::Response.offset(), 1_152, "bad size"),
            (Way::Response.capacity(), 1 << 17, "bad size"),
            (Way::Response.capacity(), 0xffff_ffc0, "bad size"),
        ];
        for (at, value, expected) in cases {
            let error = not_attached(profile, |place| {
                let region = region(place, profile);
                region.word(at).store(value, Ordering::Release);
                Some(region)
            });
            match error {
                AttachError::Fault { fault, .. } => assert_eq!(fault.name(), expected),
                error => panic!("{error}"),
            }
        }
    });
}

#[test]
fn a_mapping_or_an_event_that_is_there_already_leaves_its_profile_out() {
    in_each_profile(|profile| {
        let other = Profiles::from_bits(profile.bits() ^ 6);
        for (suffix, offered, expected) in [
            ("mapping", profile | Profiles::BASELINE, Profiles::BASELINE),
            ("req_event", profile | Profiles::BASELINE, Profiles::BASELINE),
            ("mapping", Profiles::CARRIED, other),
        ] {
            const LEN: u32 = 8_192;
            let place = Place::new();
            let name = format!("{}-{suffix}", stem(&place.endpoint, profile, 1));
            let squatter = Section::create(&name, LEN);
            let mut listener = place.listen_with(&ListenOptions {
                supported_profiles: offered,
                preferred_profiles: profile,
                ..ListenOptions::default()
            });
            let options = ConnectOptions {
                supported_profiles: offered,
                preferred_profiles: profile,
                ..ConnectOptions::default()
            };
            let agreed = thread::scope(|scope| {
                let client = scope.spawn(|| place.connect_with(&options).unwrap());
                let _server = accept(&mut listener);
                *client.join().unwrap().agreed()
            });
            assert_eq!(agreed.profile, expected, "{suffix}");
            let failure = listener.census().last_region_failure().unwrap();
            let CreateError::InUse { path } = &*failure else { panic!("{failure:?}") };
            assert_eq!(path.to_str(), Some(&name[..]));
            if suffix == "mapping" {
                assert_eq!(squatter.bytes(), [0; LEN as usize], "it is left alone");
            }
        }
    });
}

#[test]
fn a_client_that_has_not_said_hello_has_no_region_yet() {
    in_each_profile(|profile| {
        let place = Place::new();
        let supported_profiles = profile | Profiles::BASELINE;
        let mut listener =
            place.listen_with(&ListenOptions { supported_profiles, ..ListenOptions::default() });
        let client = Raw::connect(&place.endpoint);
        assert!(listener.try_accept().unwrap().is_none());
        // What is made after its region would be that.
        let first = Section::create(&format!("{}-mapping", stem(&place.endpoint, profile, 1)), 4_096);
        client.send(&hello_packet(&Hello { supported_profiles, ..hello() }));
        let session = accept(&mut listener);
        assert_eq!(session.agreed().profile, Profiles::BASELINE);
        assert_eq!(first.bytes(), [0; 4_096]);
    });
}
