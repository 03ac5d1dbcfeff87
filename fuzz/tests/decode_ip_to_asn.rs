//! Arbitrary bytes as the response of `IP_TO_ASN`.

use netipc::WireMessage;
use netipc::messages::IpToAsn;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<IpToAsn>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = IpToAsn::decode(bytes) {
        for item in view.items() {
            assert!(item.country().len() <= 2, "{item}");
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_ip_to_asn, check);
