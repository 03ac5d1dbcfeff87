//! What Level 1 allocates, over every transport.

#[global_allocator]
static COUNTING: netipc_tests::support::allocations::Counting = netipc_tests::support::allocations::Counting;

#[cfg(unix)]
mod uds {
    netipc_tests::conformance_of_allocation!(netipc_tests::conformance::Uds);
}

#[cfg(windows)]
mod pipe {
    netipc_tests::conformance_of_allocation!(netipc_tests::conformance::Pipe);
}

#[cfg(any(target_os = "linux", windows))]
mod shm {
    netipc_tests::conformance_of_allocation!(netipc_tests::conformance::Shm);
}

#[cfg(windows)]
mod shm_busywait {
    netipc_tests::conformance_of_allocation!(netipc_tests::conformance::ShmBusywait);
}
