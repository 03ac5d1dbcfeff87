//! What holds for the decoding of every message, whatever the bytes.

use std::fmt::Debug;

use netipc::{Encode, WireMessage};

/// Items of a list may share bytes, so a small payload may hold a large value: more than this is not copied.
const MOST_COPIED: usize = 1 << 16;

/// The payload of a value.
///
/// # Panics
/// Where encoding does not keep to the length that it announces.
pub fn encoded(value: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![0xAA; value.encoded_len()];
    assert_eq!(value.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

/// Decodes the bytes as a message. What is accepted is read wholly by `weigh`, which gives about how many bytes a copy
/// of it has, and stays what it is when it is copied out, encoded and decoded.
///
/// # Panics
/// Where that is not so.
pub fn decoded<M>(bytes: &[u8], weigh: impl Fn(M::View<'_>) -> usize, to_owned: impl Fn(M::View<'_>) -> M)
where
    M: WireMessage + PartialEq + Debug,
{
    let view = match M::decode(bytes) {
        Ok(view) => view,
        Err(error) => {
            assert!(error.at() <= bytes.len(), "{error} lies behind {} bytes", bytes.len());
            assert!(!error.to_string().is_empty());
            assert_eq!(M::check(bytes), Err(error));
            // Nobody should look at these bytes, and whoever does comes to no harm.
            weigh(M::view(bytes));
            return;
        }
    };
    if weigh(view) > MOST_COPIED {
        return;
    }
    assert!(!format!("{view:?}").is_empty());
    let owned = to_owned(view);
    let canonical = encoded(&owned);
    let again = to_owned(M::decode(&canonical).expect("what was encoded decodes"));
    assert_eq!(again, owned);
    assert_eq!(encoded(&again), canonical);

    // What lies behind a payload is not looked at.
    let longer = [bytes, &[0xFF; 9]].concat();
    assert_eq!(to_owned(M::decode(&longer).expect("bytes behind the payload change nothing")), owned);
}
