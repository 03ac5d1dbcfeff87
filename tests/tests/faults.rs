//! In each scenario, each system call fails at its n-th use, for every n that the scenario reaches, on either side:
//! the outcome is a clean error on both, and nothing is left behind. `ci/faults.sh` runs these tests; they need the
//! feature `faults`.

#[path = "faults/errors.rs"]
mod errors;
#[path = "faults/guard.rs"]
mod guard;
#[path = "faults/harness.rs"]
mod harness;
#[path = "faults/interruptions.rs"]
mod interruptions;
#[path = "faults/names.rs"]
mod names;
#[path = "faults/regions.rs"]
mod regions;
#[path = "faults/remains.rs"]
mod remains;
#[path = "faults/scenarios.rs"]
mod scenarios;
#[path = "faults/sides.rs"]
mod sides;

use harness::{System, every_failure};
use netipc_transport::faults::Errno;

const COMPLETE: System = &[];
/// The file system of the run directory cannot have them.
const WITHOUT_NAMELESS_FILES: System = &[("open with O_TMPFILE", Errno::OPNOTSUPP)];
/// A nameless file cannot be given a name.
const WITHOUT_PROC: System = &[("linkat", Errno::NOENT)];
/// Before 5.16.
const OLD_KERNEL: System = &[("futex_waitv", Errno::NOSYS)];
const SANDBOX: System = &[("futex_waitv", Errno::PERM)];

/// Makes a test of each scenario over each transport.
macro_rules! scenarios {
    ($($module:ident: $transport:ty, on $system:expr => { $($scenario:ident,)* })*) => {
        $(mod $module {
            $(
                #[test]
                fn $scenario() {
                    super::every_failure(super::scenarios::$scenario::<$transport>, $system);
                }
            )*
        })*
    };
}

scenarios! {
    uds: netipc_tests::conformance::Uds, on super::COMPLETE => {
        listening,
        taking_over,
        adopting,
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
    shm: netipc_tests::conformance::Shm, on super::COMPLETE => {
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
    shm_without_nameless_files: netipc_tests::conformance::Shm, on super::WITHOUT_NAMELESS_FILES => {
        a_handshake,
        a_call,
    }
    shm_without_proc: netipc_tests::conformance::Shm, on super::WITHOUT_PROC => {
        a_handshake,
    }
    shm_on_an_old_kernel: netipc_tests::conformance::Shm, on super::OLD_KERNEL => {
        a_call,
        closing,
        an_abort,
    }
    shm_in_a_sandbox: netipc_tests::conformance::Shm, on super::SANDBOX => {
        a_call,
    }
}
