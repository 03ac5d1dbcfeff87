//! Arbitrary bytes as the response of `APPS_LOOKUP`.

use netipc::WireMessage;
use netipc::messages::AppsLookup;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<AppsLookup>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = AppsLookup::decode(bytes) {
        for item in view.items() {
            assert!(item.comm().len() <= 15 && *item.comm_c_str().to_bytes() == **item.comm(), "{item}");
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_apps_lookup, check);
