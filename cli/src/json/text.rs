//! Strings of the wire: text, or `{"hex": ...}` where they are not UTF-8.

use std::fmt;

use bstr::ByteSlice;
use netipc::WireString;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::via::Json;

impl Json for WireString {
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.to_str() {
            Ok(text) => to.serialize_str(text),
            Err(_) => Bytes { hex: self.to_vec() }.serialize(to),
        }
    }

    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Bytes {
    #[serde(with = "hex::serde")]
    hex: Vec<u8>,
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = WireString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a text or {"hex": "..."}"#)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<WireString, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<WireString, E> {
        Ok(text.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<WireString, A::Error> {
        Bytes::deserialize(MapAccessDeserializer::new(object)).map(|bytes| bytes.hex.into())
    }
}
