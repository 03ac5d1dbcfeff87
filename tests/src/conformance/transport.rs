//! What the suite has to know of a transport.

use netipc_transport::{ConnectOptions, ListenOptions, Profiles};

use crate::support::{Pair, pair_with};

/// A transport that the suite runs over: a profile, and the options with which both sides agree on it.
pub trait Transport {
    /// What sessions are to agree on.
    const PROFILE: Profiles;

    /// A client's options, defaults but for the profile.
    fn connect_options() -> ConnectOptions {
        ConnectOptions {
            supported_profiles: Self::PROFILE | Profiles::BASELINE,
            preferred_profiles: Self::PROFILE,
            ..ConnectOptions::default()
        }
    }

    /// A listener's options, defaults but for the profile.
    fn listen_options() -> ListenOptions {
        ListenOptions {
            supported_profiles: Self::PROFILE | Profiles::BASELINE,
            preferred_profiles: Self::PROFILE,
            ..ListenOptions::default()
        }
    }
}

/// A transport with packets, which carries any number of messages in each direction at the same time.
pub trait Baseline: Transport {}

/// The baseline on POSIX: `AF_UNIX` sockets of type `SOCK_SEQPACKET`.
#[cfg(unix)]
pub struct Uds;

#[cfg(unix)]
impl Transport for Uds {
    const PROFILE: Profiles = Profiles::UDS_SEQPACKET;
}

#[cfg(unix)]
impl Baseline for Uds {}

/// The baseline on Windows: named pipes in message mode.
#[cfg(windows)]
pub struct Pipe;

#[cfg(windows)]
impl Transport for Pipe {
    const PROFILE: Profiles = Profiles::NAMED_PIPE;
}

#[cfg(windows)]
impl Baseline for Pipe {}

/// Shared memory.
#[cfg(any(target_os = "linux", windows))]
pub struct Shm;

#[cfg(any(target_os = "linux", windows))]
impl Transport for Shm {
    const PROFILE: Profiles = Profiles::SHM_HYBRID;
}

/// Shared memory in which nobody ever blocks.
#[cfg(windows)]
pub struct ShmBusywait;

#[cfg(windows)]
impl Transport for ShmBusywait {
    const PROFILE: Profiles = Profiles::SHM_BUSYWAIT;
}

/// Both ends of a session over this transport.
pub(super) fn pair<T: Transport>() -> Pair {
    pair_of::<T>(T::connect_options(), T::listen_options())
}

/// The same with options that are made from those of the transport.
pub(super) fn pair_of<T: Transport>(connect: ConnectOptions, listen: ListenOptions) -> Pair {
    let pair = pair_with(&connect, &listen);
    assert_eq!(pair.client.agreed().profile, T::PROFILE);
    pair
}

pub(super) const LARGE: u32 = 1 << 20;

/// A session that carries large messages in packets of this size; 0 is the default.
pub(super) fn large<T: Transport>(packet_size: u32) -> Pair {
    let connect = ConnectOptions {
        max_request_payload_bytes: LARGE,
        max_response_payload_bytes: LARGE,
        max_request_batch_items: 1_000,
        packet_size,
        ..T::connect_options()
    };
    pair_of::<T>(connect, ListenOptions { max_response_payload_bytes: LARGE, ..T::listen_options() })
}
