//! A process that may not write files as large as its regions are. `docs/contract/posix.md`, "Making a region".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod apart;

use apart::apart;
use netipc_tests::support::{pair_with, soon};
use netipc_transport::{ConnectOptions, ListenOptions, Profiles};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Runs `part` while this process may write files of 64 KiB at most: its kernel ends those that try more. Afterwards it may
/// again, since what counts lines writes them down at the end.
fn with_small_files(part: impl FnOnce()) {
    let before = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(65_536), maximum: before.maximum }).unwrap();
    part();
    setrlimit(Resource::Fsize, before).unwrap();
}

#[test]
fn a_region_beyond_the_limit_of_file_sizes_leaves_the_baseline_and_the_process() {
    let status = apart("a_region_beyond_the_limit_of_file_sizes_leaves_the_baseline_and_the_process", || {
        with_small_files(exchange_without_a_region);
    });
    assert!(status.success(), "{status}");
}

fn exchange_without_a_region() {
    let supported_profiles = Profiles::BASELINE | Profiles::SHM_HYBRID;
    let preferred_profiles = Profiles::SHM_HYBRID;
    let connect = ConnectOptions { supported_profiles, preferred_profiles, ..ConnectOptions::default() };
    let listen = ListenOptions { supported_profiles, preferred_profiles, ..ListenOptions::default() };
    let large = ConnectOptions { max_request_payload_bytes: 1 << 20, ..connect };
    let mut pair = pair_with(&large, &listen);
    assert_eq!(pair.client.agreed().profile, Profiles::BASELINE);
    assert_eq!(pair.listener.census().region_failures(), 1);
    pair.client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(pair.server.receive(soon()).unwrap().payload, b"abc");
}
