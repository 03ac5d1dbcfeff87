//! What Level 1 allocates, over every transport, in one process and across two.

#[macro_use]
#[path = "conformance/suite.rs"]
mod suite;

#[global_allocator]
static COUNTING: netipc_tests::support::allocations::Counting = netipc_tests::support::allocations::Counting;

#[cfg(unix)]
mod uds {
    suite!(Uds: conformance_of_allocation);
}

#[cfg(windows)]
mod pipe {
    suite!(Pipe: conformance_of_allocation);
}

#[cfg(any(target_os = "linux", windows))]
mod shm {
    suite!(Shm: conformance_of_allocation);
}

#[cfg(windows)]
mod shm_busywait {
    suite!(ShmBusywait: conformance_of_allocation);
}
