//! Arbitrary bytes as `STRING_REVERSE`.

use netipc::messages::StringReverse;

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<StringReverse>(bytes, |view| view.text().len(), |view| view.to_owned());
}

netipc_fuzz::target_of_bytes!(decode_string_reverse, check);
