//! The suite's promises as tests in one process and across two.

use netipc_tests::servers::Program;

/// What the second process runs.
pub(crate) struct ServersProgram;

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

            $(netipc_tests::$promises!(Across<$transport, crate::suite::ServersProgram>);)+
        }
    };
}
