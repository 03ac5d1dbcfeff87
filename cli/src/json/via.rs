//! Types of the library in JSON. They are foreign, and so is serde: what stands between them is a trait of this
//! command's, and `#[serde(with = "via")]` on the fields that have such a type.

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{Serialize, Serializer};

/// A type whose JSON this command knows.
pub(crate) trait Json: Sized {
    /// Writes it.
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;

    /// Reads it.
    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;
}

/// What `#[serde(with = "via")]` calls.
pub(super) fn serialize<T: Json, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.to_json(to)
}

/// What `#[serde(with = "via")]` calls.
pub(super) fn deserialize<'de, T: Json, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::from_json(from)
}

/// A value as serde wants to see it.
pub(crate) struct Serde<T>(pub(crate) T);

impl<T: Json> Serialize for Serde<&T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.to_json(to)
    }
}

impl<'de, T: Json> Deserialize<'de> for Serde<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::from_json(from).map(Self)
    }
}

impl<T: Json> Json for Vec<T> {
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(Serde))
    }

    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let items = <Vec<Serde<T>> as Deserialize>::deserialize(from)?;
        Ok(items.into_iter().map(|Serde(item)| item).collect())
    }
}

/// Implements [`Json`] for a type by a description of its fields, with `#[serde(remote = ...)]` where the type is
/// foreign.
macro_rules! object {
    ($type:ty as $description:ident) => {
        impl $crate::json::via::Json for $type {
            fn to_json<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $description::serialize(self, to)
            }

            fn from_json<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $description::deserialize($crate::json::via::Object(from))
            }
        }
    };
}

pub(super) use object;

/// Takes an object where a struct is asked for, and not a list of its fields, which serde would take as well.
pub(super) struct Object<D>(pub(super) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
