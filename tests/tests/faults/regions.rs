//! Regions on systems that lack what they are usually made with. `docs/contract/posix.md`, "Making a region".

use std::fs;
use std::os::unix::fs::PermissionsExt;

use netipc_tests::conformance::{Shm, Transport};
use netipc_tests::support::Place;
use netipc_transport::faults::{Action, Errno, Injector};
use netipc_transport::{Listener, Profiles};

use crate::harness::alone;
use crate::scenarios::region_of_the_dead;
use crate::sides::{Outcomes, Sides, in_time};

/// The profile of a session whose server's system lacks this call, and the modes of the regions that it made.
fn without(call: &'static str, error: Errno) -> (Profiles, Vec<u32>) {
    let server = Injector::counting().lacking(call, error);
    let sides = Sides { place: Place::new(), server, client: Injector::counting() };
    let mut seen = (Profiles::NONE, Vec::new());
    let Outcomes { server, client } = sides.served(&Shm::listen_options(), || {
        let mut session = sides.connect(&Shm::connect_options())?;
        session.send(3, 1, b"abc", in_time())?;
        assert_eq!(session.receive(in_time())?.payload, b"cba");
        let files = sides.place.names().into_iter().filter(|name| name.ends_with(".ipcshm"));
        let modes = files.map(|name| {
            fs::metadata(sides.place.dir.path().join(name)).map(|data| data.permissions().mode() & 0o7777)
        });
        seen = (session.agreed().profile, modes.collect::<Result<_, _>>()?);
        Ok(())
    });
    server.expect("it serves");
    client.expect("it is served");
    assert_eq!(sides.place.names(), Vec::<String>::new());
    seen
}

#[test]
fn regions_are_made_without_nameless_files_and_without_proc() {
    alone(|| {
        let private = (Profiles::SHM_HYBRID, vec![0o600]);
        for error in [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL] {
            assert_eq!(without("open with O_TMPFILE", error), private, "{error:?}");
        }
        assert_eq!(without("linkat", Errno::NOENT), private);
    });
}

#[test]
fn a_region_that_cannot_be_allocated_leaves_the_baseline() {
    alone(|| {
        // Full; a file system that cannot; a sandbox.
        for error in [Errno::NOSPC, Errno::OPNOTSUPP, Errno::NOSYS, Errno::PERM] {
            assert_eq!(without("fallocate", error), (Profiles::BASELINE, Vec::new()), "{error:?}");
        }
    });
}

#[test]
fn sides_wait_for_one_word_where_the_kernel_knows_no_more() {
    alone(|| {
        for error in [Errno::NOSYS, Errno::PERM] {
            assert_eq!(without("futex_waitv", error), (Profiles::SHM_HYBRID, vec![0o600]), "{error:?}");
        }
    });
}

#[test]
fn a_region_is_in_use_where_there_are_no_descriptors_to_look() {
    alone(|| {
        let place = Place::new();
        let left_behind = place.dir.path().join("web-0000000000000007.ipcshm");
        let start = |injector: &Injector| {
            fs::write(&left_behind, region_of_the_dead()).expect("a file");
            let listener = injector.during(|| Listener::bind(&place.endpoint, &Shm::listen_options()));
            drop(listener.expect("a listener"));
            left_behind.exists()
        };
        let counting = Injector::counting();
        assert!(!start(&counting), "it is removed");
        // The last file that is opened is the region.
        let nth = counting.uses()["open"];
        assert!(start(&Injector::at("open", nth, Action::Fail(Errno::MFILE))), "it is not");
    });
}
