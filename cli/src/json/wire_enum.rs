//! Integers with names. In JSON they are the integers, as in the contract's vectors.
//!
//! For `#[serde(with = "wire_enum")]`.

use std::fmt::Write;

use netipc::WireEnum;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(super) fn serialize<E: WireEnum<Repr = u16>, S: Serializer>(value: &E, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(value.to_wire())
}

pub(super) fn deserialize<'de, E: WireEnum<Repr = u16>, D: Deserializer<'de>>(
    from: D,
) -> Result<E, D::Error> {
    let value = u16::deserialize(from)?;
    E::from_wire(value).ok_or_else(|| {
        let mut message = format!("{value} is not a listed value:");
        for (name, value) in E::VARIANTS {
            // Writing to a String does not fail.
            let _ = write!(message, " {value} {name},");
        }
        D::Error::custom(message.trim_end_matches(','))
    })
}
