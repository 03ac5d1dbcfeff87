//! Arbitrary bytes as `HELLO_ACK`.

use netipc_transport::envelope::HelloAck;

fn check(bytes: &[u8]) {
    match HelloAck::decode(bytes) {
        Ok(decoded) => {
            let mut canonical = bytes[..HelloAck::LEN].to_vec();
            // The padding is not looked at.
            canonical[36..40].fill(0);
            assert_eq!(decoded.encode(), canonical[..]);
        }
        Err(error) => {
            assert_eq!(error.class().name() == "truncated", bytes.len() < HelloAck::LEN, "{error}");
        }
    }
}

netipc_fuzz::target_of_bytes!(hello_ack, check);
