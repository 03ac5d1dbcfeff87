//! Arbitrary bytes as a message header.

use netipc_transport::envelope::MessageHeader;

fn check(bytes: &[u8]) {
    match MessageHeader::decode(bytes) {
        Ok(decoded) => {
            assert_eq!(decoded.encode(), bytes[..MessageHeader::LEN]);
            assert!(!decoded.to_string().is_empty());
        }
        Err(error) => {
            assert_eq!(error.class().name() == "truncated", bytes.len() < MessageHeader::LEN, "{error}");
        }
    }
}

netipc_fuzz::target_of_bytes!(message_header, check);
