//! Payloads and headers as JSON, and back. The names of the fields are those of the contract's vectors; where there
//! are none, those of the library's structs.
//!
//! serde does both directions from one description per type, which the compiler holds against the library's struct.

mod apps_lookup;
mod batch;
mod cgroups_lookup;
mod cgroups_snapshot;
mod constants;
mod envelope;
mod ip_to_asn;
mod label;
mod message;
mod pid_traffic;
mod rejection;
mod test_methods;
mod text;
mod via;
mod wire_enum;

pub(crate) use message::shown;
pub(crate) use rejection::Rejection;
pub(crate) use via::Serde;

use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, IpToAsn, IpToAsnRequest, PidTraffic, PidTrafficRequest, StringReverse,
};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use self::batch::{DirectoryJson, PayloadJson};
use self::envelope::{ChunkHeaderJson, HelloAckJson, HelloJson, OuterHeaderJson};
use self::message::encoded;
use self::via::Json;
use crate::args::{BatchOptions, Kind};
use crate::output::printable;

/// Why there is no JSON, or there are no bytes.
#[derive(Debug)]
pub(crate) enum Problem {
    /// What was asked for makes no sense; a sentence.
    Usage(String),
    /// The bytes, or the value, break a rule of the contract.
    Rejected(Rejection),
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// The fields that `bytes` have.
///
/// # Errors
/// The rejection; options that are missing or mean nothing for this kind.
pub(crate) fn decode(kind: Kind, bytes: &[u8], options: &BatchOptions) -> Result<Value, Problem> {
    only_with(kind, options)?;
    Ok(match kind {
        Kind::Increment => message::decode::<Increment>(bytes, |view| view.to_owned())?,
        Kind::StringReverse => message::decode::<StringReverse>(bytes, |view| view.to_owned())?,
        Kind::CgroupsSnapshotReq => constants::decode::<CgroupsSnapshotRequest>(bytes)?,
        Kind::CgroupsSnapshotResp => message::decode::<CgroupsSnapshot>(bytes, |view| view.to_owned())?,
        Kind::CgroupsLookupReq => message::decode::<CgroupsLookupRequest>(bytes, |view| view.to_owned())?,
        Kind::CgroupsLookupResp => message::decode::<CgroupsLookup>(bytes, |view| view.to_owned())?,
        Kind::AppsLookupReq => message::decode::<AppsLookupRequest>(bytes, |view| view.to_owned())?,
        Kind::AppsLookupResp => message::decode::<AppsLookup>(bytes, |view| view.to_owned())?,
        Kind::IpToAsnReq => message::decode::<IpToAsnRequest>(bytes, |view| view.to_owned())?,
        Kind::IpToAsnResp => message::decode::<IpToAsn>(bytes, |view| view.to_owned())?,
        Kind::PidTrafficReq => constants::decode::<PidTrafficRequest>(bytes)?,
        Kind::PidTrafficResp => message::decode::<PidTraffic>(bytes, |view| view.to_owned())?,
        Kind::OuterHeader => envelope::decode::<OuterHeaderJson>(bytes)?,
        Kind::ChunkHeader => envelope::decode::<ChunkHeaderJson>(bytes)?,
        Kind::Hello => envelope::decode::<HelloJson>(bytes)?,
        Kind::HelloAck => envelope::decode::<HelloAckJson>(bytes)?,
        Kind::BatchDirectory => {
            let count = needed(kind, "--item-count", options.item_count)?;
            let area = needed(kind, "--packed-area-len", options.packed_area_len)?;
            shown(&DirectoryJson::decode(bytes, count, area)?)
        }
        Kind::BatchPayload => {
            let count = needed(kind, "--item-count", options.item_count)?;
            shown(&PayloadJson::decode(bytes, count)?)
        }
    })
}

/// The bytes that these fields have.
///
/// # Errors
/// JSON that is none, or not of this kind; options that mean nothing for it; the rejection.
pub(crate) fn encode(kind: Kind, json: &[u8], options: &BatchOptions) -> Result<Vec<u8>, Problem> {
    only_with(kind, options)?;
    Ok(match kind {
        Kind::Increment => encoded::<Increment>(&parse(kind, json)?)?,
        Kind::StringReverse => encoded::<StringReverse>(&parse(kind, json)?)?,
        Kind::CgroupsSnapshotReq => constants::encode(&CgroupsSnapshotRequest {}, &parse(kind, json)?)?,
        Kind::CgroupsSnapshotResp => encoded::<CgroupsSnapshot>(&parse(kind, json)?)?,
        Kind::CgroupsLookupReq => encoded::<CgroupsLookupRequest>(&parse(kind, json)?)?,
        Kind::CgroupsLookupResp => encoded::<CgroupsLookup>(&parse(kind, json)?)?,
        Kind::AppsLookupReq => encoded::<AppsLookupRequest>(&parse(kind, json)?)?,
        Kind::AppsLookupResp => encoded::<AppsLookup>(&parse(kind, json)?)?,
        Kind::IpToAsnReq => encoded::<IpToAsnRequest>(&parse(kind, json)?)?,
        Kind::IpToAsnResp => encoded::<IpToAsn>(&parse(kind, json)?)?,
        Kind::PidTrafficReq => constants::encode(&PidTrafficRequest {}, &parse(kind, json)?)?,
        Kind::PidTrafficResp => encoded::<PidTraffic>(&parse(kind, json)?)?,
        Kind::OuterHeader => envelope::encode::<OuterHeaderJson>(&parse(kind, json)?)?,
        Kind::ChunkHeader => envelope::encode::<ChunkHeaderJson>(&parse(kind, json)?)?,
        Kind::Hello => envelope::encode::<HelloJson>(&parse(kind, json)?)?,
        Kind::HelloAck => envelope::encode::<HelloAckJson>(&parse(kind, json)?)?,
        Kind::BatchDirectory => {
            parse::<DirectoryJson>(kind, json)?.encode(options.item_count, options.packed_area_len)?
        }
        Kind::BatchPayload => parse::<PayloadJson>(kind, json)?.encode(options.item_count)?,
    })
}

/// An option that means nothing for a kind is a mistake, of the kind or of the option.
fn only_with(kind: Kind, options: &BatchOptions) -> Result<(), Problem> {
    let (counted, measured) = match kind {
        Kind::BatchDirectory => (true, true),
        Kind::BatchPayload => (true, false),
        _ => (false, false),
    };
    for (option, given, taken) in [
        ("--item-count", options.item_count, counted),
        ("--packed-area-len", options.packed_area_len, measured),
    ] {
        if given.is_some() && !taken {
            return Err(Problem::Usage(format!("{kind} has no {option}")));
        }
    }
    Ok(())
}

fn needed(kind: Kind, option: &str, given: Option<u32>) -> Result<u32, Problem> {
    given.ok_or_else(|| Problem::Usage(format!("{kind} does not tell this itself: {option} is needed")))
}

/// Reads JSON: all of it, each field once, and no others.
fn parse<T: Json>(kind: Kind, json: &[u8]) -> Result<T, Problem> {
    let mut from = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize::<_, Serde<T>>(&mut from)
        .map_err(|error| wrong(kind, place(error.path()).as_deref(), error.inner()))?;
    from.end().map_err(|error| wrong(kind, None, &error))?;
    Ok(value.0)
}

/// The path of a value, or of the object that has no key where one should be; `None` of the whole.
fn place(path: &Path) -> Option<String> {
    let text = path.to_string();
    let place = match path.iter().next_back()? {
        Segment::Unknown => text.strip_suffix(".?").or_else(|| text.strip_suffix('?'))?,
        _ => &text,
    };
    (!place.is_empty()).then(|| place.to_owned())
}

/// What is wrong with JSON, and where. Both may repeat what somebody sent.
fn wrong(kind: Kind, path: Option<&str>, error: &serde_json::Error) -> Problem {
    let error = if error.is_eof() {
        format!("it ends too early, at line {} column {}", error.line(), error.column())
    } else {
        shortened(&error.to_string())
    };
    // An unknown field is named by the error itself.
    Problem::Usage(match path.filter(|path| !error.contains(&format!("unknown field `{path}`"))) {
        Some(path) => format!("this is no JSON of {kind}: `{}`: {error}", shortened(path)),
        None => format!("this is no JSON of {kind}: {error}"),
    })
}

/// A text that fits in a sentence and does nothing to a terminal.
fn shortened(text: &str) -> String {
    const START: usize = 120;
    const END: usize = 100;
    let count = text.chars().count();
    if count <= START + END {
        return printable(text.as_bytes());
    }
    let start: String = text.chars().take(START).collect();
    let end: String = text.chars().skip(count - END).collect();
    format!("{} ... {}", printable(start.as_bytes()), printable(end.as_bytes()))
}

#[cfg(test)]
mod tests;
