//! A field of a record in a MaxMind DB. Whoever makes databases chooses types and layouts as they like; what is not
//! understood says nothing, and is no reason to give no answer at all.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A field's value, as far as it can mean anything here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// Missing, or something else.
    #[default]
    Nothing,
    Number(u64),
    Text(&'a str),
    /// The `iso_code` of a map, as MaxMind writes countries.
    Code(&'a str),
}

impl<'a> Field<'a> {
    /// An AS number: `64496`, `"64496"` or `"AS64496"`.
    pub(super) fn asn(self) -> Option<u32> {
        match self {
            Self::Number(number) => u32::try_from(number).ok(),
            Self::Text(text) => text.trim_start_matches("AS").parse().ok(),
            Self::Nothing | Self::Code(_) => None,
        }
    }

    /// Two letters for a country.
    pub(super) fn country(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Code(text) => Some(text)
                .filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())),
            Self::Nothing | Self::Number(_) => None,
        }
    }

    /// A text that is not empty and can be sent: it has no NUL.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text).filter(|text| !text.is_empty() && !text.contains('\0')),
            Self::Nothing | Self::Number(_) | Self::Code(_) => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Field<'de>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("anything")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Field::Number(number))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Self::Value, E> {
        Ok(u64::try_from(number).map_or(Field::Nothing, Field::Number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(number).map_or(Field::Nothing, Field::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::Text(text))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Field::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Field::Nothing)
    }

    fn visit_borrowed_bytes<E>(self, _: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Field::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut code = Field::Nothing;
        while let Some(key) = entries.next_key::<&str>()? {
            if key == "iso_code" {
                code = match entries.next_value()? {
                    Field::Text(text) => Field::Code(text),
                    _ => Field::Nothing,
                };
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> Field<'_> {
        serde_json::from_str(json).expect("anything is a field")
    }

    #[test]
    fn an_as_number_is_a_number_or_a_text() {
        for text in ["64496", r#""64496""#, r#""AS64496""#] {
            assert_eq!(field(text).asn(), Some(64496), "{text}");
        }
        for text in ["-1", "4294967296", r#""AS""#, r#""x""#, "1.5", "true", "[1]", r#"{"asn":1}"#] {
            assert_eq!(field(text).asn(), None, "{text}");
        }
    }

    #[test]
    fn a_country_is_two_letters_or_a_map_with_them() {
        for text in [r#""ZZ""#, r#"{"geoname_id":1,"iso_code":"ZZ","names":{"en":"Nowhere"}}"#] {
            assert_eq!(field(text).country(), Some("ZZ"), "{text}");
        }
        for text in [r#""Nowhere""#, r#""1Z""#, r#"{"iso_code":1}"#, r#"{"iso_code":"ZZZ"}"#, "{}", "7"] {
            assert_eq!(field(text).country(), None, "{text}");
        }
    }

    #[test]
    fn a_text_can_be_sent() {
        assert_eq!(field(r#""Example, Inc.""#).text(), Some("Example, Inc."));
        for field in [field(r#""""#), Field::Text("a\0b"), field("7"), field(r#"{"iso_code":"ZZ"}"#)] {
            assert_eq!(field.text(), None, "{field:?}");
        }
    }
}
