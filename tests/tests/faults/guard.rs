//! The guard against truncation where its handler cannot be installed. `docs/security.md`, "Truncation".

use netipc_transport::faults::{Action, Errno, Injector};
use netipc_transport::guard_against_truncation;

use crate::harness::alone;

/// Whether the guard is there after a call, and how many system calls that took.
fn guarded(injector: &Injector) -> (bool, usize) {
    let result = injector.during(guard_against_truncation);
    (result.is_ok(), injector.uses().get("sigaction").copied().unwrap_or(0))
}

#[test]
fn a_guard_that_could_not_be_installed_is_not_taken_for_one_that_was() {
    alone(|| {
        for nth in [1, 2] {
            let failing = Injector::at("sigaction", nth, Action::Fail(Errno::INVAL));
            assert_eq!(guarded(&failing), (false, nth));
        }
        assert_eq!(guarded(&Injector::counting()), (true, 2));
        assert_eq!(guarded(&Injector::counting()), (true, 0));
    });
}
