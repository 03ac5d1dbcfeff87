//! Messages in general: bytes to JSON by way of the owned value, and back.

use netipc::WireMessage;
use serde_json::{Value, json};

use super::rejection::Rejection;
use super::via::{Json, Serde};

/// A message as JSON.
pub(crate) fn shown<T: Json>(value: &T) -> Value {
    json!(Serde(value))
}

/// `to_owned` is the view's `to_owned`, which no trait has.
pub(super) fn decode<'a, M: WireMessage + Json>(
    bytes: &'a [u8],
    to_owned: impl FnOnce(M::View<'a>) -> M,
) -> Result<Value, Rejection> {
    Ok(shown(&to_owned(M::decode(bytes)?)))
}

pub(super) fn encoded<M: WireMessage>(message: &M) -> Result<Vec<u8>, Rejection> {
    let mut bytes = vec![0; message.encoded_len()];
    let len = message.encode(&mut bytes)?;
    bytes.truncate(len);
    Ok(bytes)
}
