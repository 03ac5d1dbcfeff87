//! Headers and the handshake. Unlike that of messages, their JSON has the fields whose value is fixed, too.

mod handshake;
mod headers;

pub(super) use handshake::{HelloAckJson, HelloJson};
pub(super) use headers::{ChunkHeaderJson, OuterHeaderJson};

use netipc::transport::envelope::EnvelopeError;
use serde_json::Value;

use super::rejection::Rejection;
use super::shown;
use super::via::Json;

/// A field that decoders hold against one value, or against a list of values.
pub(super) struct Fixed {
    pub(super) field: &'static str,
    /// Its first byte.
    pub(super) at: usize,
    /// `None` for a list.
    pub(super) value: Option<u64>,
}

impl Fixed {
    const fn new(field: &'static str, at: usize, value: u64) -> Self {
        Self { field, at, value: Some(value) }
    }
}

/// The library's error, which does not say where a field is and what it should be, and what says it.
pub(super) struct Rejected {
    pub(super) error: EnvelopeError,
    /// Bytes of the structure.
    pub(super) len: usize,
    pub(super) fixed: &'static [Fixed],
}

/// A structure of the envelope, as its JSON has it.
pub(super) trait Structure: Sized {
    const LEN: usize;
    const FIXED: &'static [Fixed];

    /// The structure at the start of `bytes`.
    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError>;

    /// Its bytes, but with all fixed fields as they should be.
    fn write(&self) -> Vec<u8>;

    /// The bytes of the fixed fields as they are; those that the JSON does not have are the last ones of `FIXED`.
    fn fixed(&self) -> Vec<&[u8]>;
}

fn read<S: Structure>(bytes: &[u8]) -> Result<S, Rejection> {
    S::read(bytes).map_err(|error| Rejected { error, len: S::LEN, fixed: S::FIXED }.into())
}

/// The structure at the start of `bytes`.
pub(super) fn decode<S: Structure + Json>(bytes: &[u8]) -> Result<Value, Rejection> {
    Ok(shown(&read::<S>(bytes)?))
}

/// The bytes of a structure, if a decoder accepts them.
pub(super) fn encode<S: Structure>(structure: &S) -> Result<Vec<u8>, Rejection> {
    let mut bytes = structure.write();
    for (fixed, value) in S::FIXED.iter().zip(structure.fixed()) {
        bytes[fixed.at..fixed.at + value.len()].copy_from_slice(value);
    }
    read::<S>(&bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where this says that a field is, the decoder finds it, and finds the value right that stands here.
    fn agrees<S: Structure>(good: &[u8]) {
        assert_eq!(good.len(), S::LEN);
        assert!(S::read(good).is_ok());
        let short = S::read(&good[..S::LEN - 1]).err().expect("too short");
        assert!(S::FIXED.iter().all(|fixed| fixed.field != short.field()));
        for fixed in S::FIXED {
            let mut bytes = good.to_vec();
            if let Some(value) = fixed.value {
                assert_eq!(u64::from(bytes[fixed.at]), value & 0xff, "{}", fixed.field);
            }
            bytes[fixed.at] ^= 0x80;
            let error = S::read(&bytes).err().expect(fixed.field);
            assert_eq!(error.field(), fixed.field);
            let wrong = fixed.value.map(|value| value ^ 0x80);
            assert!(wrong.is_none_or(|wrong| error.found() == wrong), "{error}");
        }
    }

    fn good(kind: &str) -> Vec<u8> {
        let path = format!("{}/../tests/vectors/{kind}.json", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read(path).expect("the file of vectors");
        let file: Value = serde_json::from_slice(&file).expect("JSON");
        hex::decode(file["vectors"][0]["hex"].as_str().expect("text")).expect("hexadecimal digits")
    }

    #[test]
    fn the_places_of_the_fixed_fields_are_those_of_the_decoders() {
        agrees::<OuterHeaderJson>(&good("outer_header"));
        agrees::<ChunkHeaderJson>(&good("chunk_header"));
        agrees::<HelloJson>(&good("hello"));
        agrees::<HelloAckJson>(&good("hello_ack"));
    }
}
