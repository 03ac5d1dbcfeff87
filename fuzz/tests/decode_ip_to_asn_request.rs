//! Arbitrary bytes as the request of `IP_TO_ASN`.

use netipc::WireMessage;
use netipc::messages::IpToAsnRequest;

fn check(bytes: &[u8]) {
    // Items are in order and share nothing, so that a copy is no larger than the payload.
    netipc_fuzz::decoded::<IpToAsnRequest>(
        bytes,
        |view| format!("{view}").len().min(bytes.len()),
        |view| view.to_owned(),
    );
    if let Ok(view) = IpToAsnRequest::decode(bytes) {
        for address in view.addresses() {
            let address = address.to_owned();
            assert_eq!(netipc::messages::Address::from(std::net::IpAddr::from(address)), address);
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_ip_to_asn_request, check);
