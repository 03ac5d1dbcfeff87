//! Arbitrary bytes as the request of `APPS_LOOKUP`.

use netipc::WireMessage;
use netipc::messages::AppsLookupRequest;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<AppsLookupRequest>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = AppsLookupRequest::decode(bytes) {
        assert_eq!(view.pids().iter().count(), view.pids().len());
    }
}

netipc_fuzz::target_of_bytes!(decode_apps_lookup_request, check);
