//! INCREMENT and STRING_REVERSE.

use netipc::WireString;
use netipc::messages::{Increment, StringReverse};
use serde::{Deserialize, Serialize};

use super::via::{self, object};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Increment", deny_unknown_fields, expecting = "an object")]
struct IncrementJson {
    value: u64,
}

object!(Increment as IncrementJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "StringReverse", deny_unknown_fields, expecting = "an object")]
struct StringReverseJson {
    #[serde(with = "via", rename = "str")]
    text: WireString,
}

object!(StringReverse as StringReverseJson);
