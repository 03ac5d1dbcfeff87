//! One conformance suite, run over every transport. Which test keeps which promise: docs/conformance.md.

#[cfg(unix)]
mod uds {
    netipc_tests::conformance!(netipc_tests::conformance::Uds);
    netipc_tests::conformance_of_a_baseline!(netipc_tests::conformance::Uds);
}

#[cfg(windows)]
mod pipe {
    netipc_tests::conformance!(netipc_tests::conformance::Pipe);
    netipc_tests::conformance_of_a_baseline!(netipc_tests::conformance::Pipe);
}

#[cfg(any(target_os = "linux", windows))]
mod shm {
    netipc_tests::conformance!(netipc_tests::conformance::Shm);
}

#[cfg(windows)]
mod shm_busywait {
    netipc_tests::conformance!(netipc_tests::conformance::ShmBusywait);
}
