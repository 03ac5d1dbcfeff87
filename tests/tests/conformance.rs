//! One conformance suite, run over every transport, in one process and across two. Which test keeps which promise:
//! docs/conformance.md.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "conformance/other_process.rs"]
mod other_process;

use netipc_tests::servers::Program;

/// What the second process runs.
struct ServersProgram;

impl Program for ServersProgram {
    const PATH: &'static str = env!("CARGO_BIN_EXE_servers");
}

/// The promises of these lists as tests of this transport, with the servers in this process and with them in another.
macro_rules! suite {
    ($transport:ident: $($promises:ident),+) => {
        mod in_one_process {
            use netipc_tests::conformance::$transport;

            $(netipc_tests::$promises!($transport);)+
        }

        mod across_two_processes {
            use netipc_tests::conformance::{Across, $transport};

            $(netipc_tests::$promises!(Across<$transport, crate::ServersProgram>);)+
        }
    };
}

#[cfg(unix)]
mod uds {
    suite!(Uds: conformance, conformance_of_a_baseline);
}

#[cfg(windows)]
mod pipe {
    suite!(Pipe: conformance, conformance_of_a_baseline);
}

#[cfg(any(target_os = "linux", windows))]
mod shm {
    suite!(Shm: conformance);
}

#[cfg(windows)]
mod shm_busywait {
    suite!(ShmBusywait: conformance);
}
