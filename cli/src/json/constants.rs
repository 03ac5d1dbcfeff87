//! Requests that ask for everything and have no field of their own: their JSON has what the layout fixes.

use netipc::WireMessage;
use netipc::codec::FieldKind;
use netipc_wire::zerocopy::IntoBytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::message::encoded;
use super::rejection::Rejection;
use super::via::object;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Constants {
    layout_version: u16,
    flags: u16,
}

object!(Constants as Constants);

pub(super) fn decode<M: WireMessage>(bytes: &[u8]) -> Result<Value, Rejection> {
    M::check(bytes)?;
    let mut json = Map::new();
    for field in M::LAYOUT.fields {
        if let FieldKind::Constant(value) = field.kind {
            json.insert(field.name.into(), value.into());
        }
    }
    Ok(json.into())
}

/// `message` with the constants that the JSON has.
pub(super) fn encode<M: WireMessage>(message: &M, constants: &Constants) -> Result<Vec<u8>, Rejection> {
    let mut bytes = encoded(message)?;
    for field in M::LAYOUT.fields {
        let value = match field.name {
            "layout_version" => constants.layout_version.as_bytes(),
            "flags" => constants.flags.as_bytes(),
            _ => continue,
        };
        if let Some(place) = bytes.get_mut(field.at..field.at + value.len()) {
            place.copy_from_slice(value);
        }
    }
    M::check(&bytes)?;
    Ok(bytes)
}
