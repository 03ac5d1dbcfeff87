//! Arbitrary bytes as the request of `CGROUPS_SNAPSHOT`.

use netipc::WireMessage;
use netipc::messages::CgroupsSnapshotRequest;

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<CgroupsSnapshotRequest>(bytes, |_| 0, |view| view.to_owned());
    let version_1 = [1u16.to_ne_bytes(), 0u16.to_ne_bytes()].concat();
    assert_eq!(CgroupsSnapshotRequest::decode(bytes).is_ok(), bytes.starts_with(&version_1));
}

netipc_fuzz::target_of_bytes!(decode_cgroups_snapshot_request, check);
