//! What a provider allows, drawn anew at every start.

use fastrand::Rng;
use netipc::{Profiles, ServerConfig, Waiting};

/// The token of all clients.
pub(crate) const TOKEN: u64 = 0x5eed;

/// Bytes that every response may have.
pub(crate) const SMALLEST_RESPONSE: u32 = 1_024;

/// What a provider allows that stays: everybody gets answers from it.
pub(crate) fn generous() -> ServerConfig {
    ServerConfig { auth_token: TOKEN, supported_profiles: Profiles::CARRIED, ..ServerConfig::default() }
}

/// What a provider allows that does not, for one of its services.
pub(crate) fn drawn(rng: &mut Rng) -> ServerConfig {
    let shared_memory = Profiles::SHM_HYBRID;
    let supported =
        [Profiles::BASELINE, Profiles::CARRIED, Profiles::CARRIED, Profiles::CARRIED, shared_memory];
    ServerConfig {
        auth_token: one_of(rng, &[TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, !TOKEN]),
        supported_profiles: one_of(rng, &supported),
        preferred_profiles: one_of(rng, &[Profiles::NONE, Profiles::BASELINE, shared_memory]),
        max_request_payload_bytes: one_of(rng, &[0, 0, 1_024, 4_096, 65_536]),
        max_response_payload_bytes: one_of(rng, &[0, 0, SMALLEST_RESPONSE, 4_096, 65_536, 300_000]),
        packet_size: one_of(rng, &[0, 0, 256, 4_096, 65_536]),
        max_sessions: one_of(rng, &[0, 0, 0, 1, 2]),
        max_sessions_per_user: one_of(rng, &[0, 0, 2]),
        waiting: one_of(rng, &[Waiting::default(), Waiting::BLOCK]),
        ..ServerConfig::default()
    }
}

pub(crate) fn one_of<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    *rng.choice(all).unwrap()
}
