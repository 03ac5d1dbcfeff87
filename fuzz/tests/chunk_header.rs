//! Arbitrary bytes as a chunk header.

use netipc_transport::envelope::ChunkHeader;

fn check(bytes: &[u8]) {
    match ChunkHeader::decode(bytes) {
        Ok(decoded) => {
            assert_eq!(decoded.encode(), bytes[..ChunkHeader::LEN]);
            assert!(!decoded.to_string().is_empty());
        }
        Err(error) => {
            assert_eq!(error.class().name() == "truncated", bytes.len() < ChunkHeader::LEN, "{error}");
        }
    }
}

netipc_fuzz::target_of_bytes!(chunk_header, check);
