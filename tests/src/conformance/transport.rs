//! What the suite has to know of a transport.

use std::marker::PhantomData;

use netipc_transport::{ConnectOptions, Endpoint, ListenError, ListenOptions, Profiles};

use crate::servers::{Here, Listening, Program, Servers, There};
use crate::support::{Pair, Place, pair_among};

/// A transport that the suite runs over: a profile, the options with which both sides agree on it, and where its servers
/// are.
pub trait Transport: 'static {
    /// What sessions are to agree on.
    const PROFILE: Profiles;

    /// Where the servers are. The clients are in the test's process.
    type Servers: Servers;

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

/// The same transport between two processes: the servers are in the one that runs the program `P`.
pub struct Across<T, P>(PhantomData<(T, P)>);

impl<T: Transport, P: Program> Transport for Across<T, P> {
    const PROFILE: Profiles = T::PROFILE;
    type Servers = There<P>;
}

impl<T: Baseline, P: Program> Baseline for Across<T, P> {}

/// The baseline on POSIX: `AF_UNIX` sockets of type `SOCK_SEQPACKET`.
#[cfg(unix)]
pub struct Uds;

#[cfg(unix)]
impl Transport for Uds {
    const PROFILE: Profiles = Profiles::UDS_SEQPACKET;
    type Servers = Here;
}

#[cfg(unix)]
impl Baseline for Uds {}

/// The baseline on Windows: named pipes in message mode.
#[cfg(windows)]
pub struct Pipe;

#[cfg(windows)]
impl Transport for Pipe {
    const PROFILE: Profiles = Profiles::NAMED_PIPE;
    type Servers = Here;
}

#[cfg(windows)]
impl Baseline for Pipe {}

/// Shared memory.
#[cfg(any(target_os = "linux", windows))]
pub struct Shm;

#[cfg(any(target_os = "linux", windows))]
impl Transport for Shm {
    const PROFILE: Profiles = Profiles::SHM_HYBRID;
    type Servers = Here;
}

/// Shared memory in which nobody ever blocks.
#[cfg(windows)]
pub struct ShmBusywait;

#[cfg(windows)]
impl Transport for ShmBusywait {
    const PROFILE: Profiles = Profiles::SHM_BUSYWAIT;
    type Servers = Here;
}

/// Listeners of this transport.
pub(super) type ListenerOf<T> = <<T as Transport>::Servers as Servers>::Listener;

/// Both ends of a session, and the listener that made it.
pub(super) type PairOf<T> = Pair<ListenerOf<T>>;

/// Servers that answer every request with its payload reversed.
pub(super) type ReverserOf<T> = <ListenerOf<T> as Listening>::Reverser;

pub(super) fn bind<T: Transport>(endpoint: &Endpoint) -> Result<ListenerOf<T>, ListenError> {
    T::Servers::bind(endpoint, &T::listen_options())
}

pub(super) fn listen<T: Transport>(place: &Place) -> ListenerOf<T> {
    listen_with::<T>(place, &T::listen_options())
}

pub(super) fn listen_with<T: Transport>(place: &Place, options: &ListenOptions) -> ListenerOf<T> {
    T::Servers::bind(&place.endpoint, options).unwrap()
}

pub(super) fn serve<T: Transport>(place: &Place) -> ReverserOf<T> {
    listen::<T>(place).reverse()
}

pub(super) fn serve_with<T: Transport>(place: &Place, options: &ListenOptions) -> ReverserOf<T> {
    listen_with::<T>(place, options).reverse()
}

/// Both ends of a session over this transport.
pub(super) fn pair<T: Transport>() -> PairOf<T> {
    pair_of::<T>(T::connect_options(), T::listen_options())
}

/// The same with options that are made from those of the transport.
pub(super) fn pair_of<T: Transport>(connect: ConnectOptions, listen: ListenOptions) -> PairOf<T> {
    let pair = pair_among::<T::Servers>(&connect, &listen);
    assert_eq!(pair.client.agreed().profile, T::PROFILE);
    pair
}

pub(super) const LARGE: u32 = 1 << 20;

/// A session that carries large messages in packets of this size; 0 is the default.
pub(super) fn large<T: Transport>(packet_size: u32) -> PairOf<T> {
    let connect = ConnectOptions {
        max_request_payload_bytes: LARGE,
        max_response_payload_bytes: LARGE,
        max_request_batch_items: 1_000,
        packet_size,
        ..T::connect_options()
    };
    pair_of::<T>(connect, ListenOptions { max_response_payload_bytes: LARGE, ..T::listen_options() })
}
