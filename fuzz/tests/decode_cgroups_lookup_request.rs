//! Arbitrary bytes as the request of `CGROUPS_LOOKUP`.

use netipc::WireMessage;
use netipc::messages::CgroupsLookupRequest;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<CgroupsLookupRequest>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = CgroupsLookupRequest::decode(bytes) {
        for item in view.paths() {
            assert!(!item.path().is_empty() && !item.path().contains(&0), "{item}");
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_cgroups_lookup_request, check);
