//! Arbitrary bytes as INCREMENT.

use netipc::WireMessage;
use netipc::messages::Increment;

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<Increment>(bytes, |view| size_of_val(&view.value()), |view| view.to_owned());
    let value = bytes.first_chunk().map(|first| u64::from_ne_bytes(*first));
    assert_eq!(Increment::decode(bytes).ok().map(|view| view.value()), value);
}

netipc_fuzz::target_of_bytes!(decode_increment, check);
