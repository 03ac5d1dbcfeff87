//! `netipc decode` and `netipc encode`

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values;

/// Print the fields that bytes have, as JSON
///
/// A string that is not UTF-8 becomes {"hex": "..."}. Bytes that break a rule of the contract are rejected with
/// status 1: a sentence on stderr says which rule, which field and which byte.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  netipc decode increment 2a00000000000000
  netipc decode cgroups_snapshot_resp @snapshot.bin
  netipc encode hello @hello.json | netipc decode hello -
  netipc decode batch_payload --item-count 1 0000000003000000616263
  netipc decode string_reverse --json 0900000003000000 | jq -r .error"
)]
pub(crate) struct Decode {
    /// What the bytes are
    #[arg(value_enum)]
    pub(crate) kind: Kind,

    /// The bytes: hexadecimal digits, @FILE, or - for stdin
    ///
    /// Space between digits is ignored. A file, or stdin, is taken as it is, as raw bytes, unless there is nothing in
    /// it but hexadecimal digits and space: then it is what these say.
    #[arg(value_name = "HEX|@FILE|-")]
    pub(crate) bytes: Input,

    /// Print a rejection on stdout, as JSON: error, rule, field, at; and item, where it is one's
    ///
    /// `error` is the class that all implementations share, `at` a byte of the payload. `field` is null where it is
    /// no field in particular.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) options: BatchOptions,
}

/// Print the bytes that fields have, in hexadecimal
///
/// The fields are those that `netipc decode` prints, all of them and no others. JSON that is not like that ends with
/// status 2; values that break a rule of the contract are rejected with status 1.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  netipc encode increment '{\"value\": 42}'
  netipc encode cgroups_lookup_req '{\"paths\": [\"/system.slice\", {\"hex\": \"2fff\"}]}'
  netipc encode ip_to_asn_req '{\"addresses\": [\"192.0.2.1\", \"2001:db8::1\"]}'
  netipc decode apps_lookup_resp @answer.bin | jq '.items = []' | netipc encode apps_lookup_resp -"
)]
pub(crate) struct Encode {
    /// What the bytes are to be
    #[arg(value_enum)]
    pub(crate) kind: Kind,

    /// The fields: JSON, @FILE, or - for stdin
    #[arg(value_name = "JSON|@FILE|-")]
    pub(crate) fields: Input,

    /// Print a rejection on stdout, as JSON: error, rule, field, at
    ///
    /// `at` is a byte of the payload, or of the item where the field is an item's.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) options: BatchOptions,
}

/// What the message header says of a batch, whose own bytes do not.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct BatchOptions {
    /// Items of a batch_directory or batch_payload; decode needs it, encode holds it against what there is
    #[arg(long, value_name = "COUNT", value_parser = values::number(0..=u32::MAX))]
    pub(crate) item_count: Option<u32>,

    /// Bytes that the items of a batch_directory lie in; decode needs it, encode holds the entries against it
    #[arg(long, value_name = "BYTES", value_parser = values::number(0..=u32::MAX))]
    pub(crate) packed_area_len: Option<u32>,
}

/// Everything that has bytes, by the names of the contract's vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Request and response of method 1
    Increment,
    /// Request and response of method 3
    StringReverse,
    /// Request of method 2
    CgroupsSnapshotReq,
    /// Response of method 2
    CgroupsSnapshotResp,
    /// Request of method 4
    CgroupsLookupReq,
    /// Response of method 4
    CgroupsLookupResp,
    /// Request of method 5
    AppsLookupReq,
    /// Response of method 5
    AppsLookupResp,
    /// Request of method 0x8001
    IpToAsnReq,
    /// Response of method 0x8001
    IpToAsnResp,
    /// Request of method 0x8002
    PidTrafficReq,
    /// Response of method 0x8002
    PidTrafficResp,
    /// The header of every message
    OuterHeader,
    /// The header of every further packet of a message
    ChunkHeader,
    /// The client's proposal
    Hello,
    /// The server's answer to it
    HelloAck,
    /// The directory of a batch, without the items
    BatchDirectory,
    /// A batch
    BatchPayload,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => fmt::Debug::fmt(self, f),
        }
    }
}

/// Where input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// It stands on the command line.
    Here(OsString),
    /// In a file.
    File(PathBuf),
    /// On the standard input.
    Stdin,
}

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        if text == "-" {
            return Self::Stdin;
        }
        if text.as_encoded_bytes().starts_with(b"@") {
            Self::File(behind_first(&text))
        } else {
            Self::Here(text)
        }
    }
}

/// The path behind a text's first character, which is one of ASCII.
#[cfg(unix)]
fn behind_first(text: &OsStr) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(&text.as_bytes()[1..]).into()
}

#[cfg(windows)]
fn behind_first(text: &OsStr) -> PathBuf {
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    OsString::from_wide(&text.encode_wide().skip(1).collect::<Vec<_>>()).into()
}
