//! Arbitrary bytes as the response of `CGROUPS_LOOKUP`.

use netipc::WireMessage;
use netipc::messages::CgroupsLookup;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<CgroupsLookup>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = CgroupsLookup::decode(bytes) {
        for item in view.items() {
            assert!(
                !item.path().is_empty() && item.labels().iter().all(|label| !label.key().is_empty()),
                "{item}"
            );
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_cgroups_lookup, check);
