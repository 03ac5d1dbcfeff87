//! In each scenario, each system call fails at its n-th use, for every n that the scenario reaches, on either side:
//! the outcome is a clean error on both, and nothing is left behind. `ci/faults.sh` runs these tests; they need the
//! feature `faults`.

#[path = "faults/errors.rs"]
mod errors;
#[path = "faults/harness.rs"]
mod harness;
#[path = "faults/remains.rs"]
mod remains;
#[path = "faults/scenarios.rs"]
mod scenarios;
#[path = "faults/sides.rs"]
mod sides;

use harness::every_failure;

/// Makes a test of each scenario over each transport.
macro_rules! scenarios {
    ($($module:ident: $transport:ty { $($scenario:ident,)* })*) => {
        $(mod $module {
            $(
                #[test]
                fn $scenario() {
                    super::every_failure(super::scenarios::$scenario::<$transport>);
                }
            )*
        })*
    };
}

scenarios! {
    uds: netipc_tests::conformance::Uds {
        listening,
        taking_over,
        a_handshake,
        a_rejected_handshake,
        a_call,
        a_large_call,
        a_batch,
        a_refusal,
        closing,
        accepting_many,
        an_abort,
    }
    shm: netipc_tests::conformance::Shm {
        sweeping,
        a_handshake,
        a_rejected_handshake,
        a_call,
        a_large_call,
        a_batch,
        a_refusal,
        closing,
        accepting_many,
        an_abort,
    }
}
