//! Arbitrary bytes as HELLO.

use netipc_transport::envelope::Hello;

fn check(bytes: &[u8]) {
    match Hello::decode(bytes) {
        Ok(decoded) => {
            assert_eq!(decoded.encode(), bytes[..Hello::LEN]);
            assert!(!format!("{decoded:?}").is_empty());
        }
        Err(error) => {
            assert_eq!(error.class().name() == "truncated", bytes.len() < Hello::LEN, "{error}");
        }
    }
}

netipc_fuzz::target_of_bytes!(hello, check);
