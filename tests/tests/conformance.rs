//! One conformance suite, run over every transport, in one process and across two. Which test keeps which promise:
//! docs/conformance.md.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "conformance/other_process.rs"]
mod other_process;
#[macro_use]
#[path = "conformance/suite.rs"]
mod suite;

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
