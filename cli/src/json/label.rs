//! Labels, of both lookups.

use netipc::WireString;
use netipc::messages::Label;
use serde::{Deserialize, Serialize};

use super::via::{self, object};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Label", deny_unknown_fields, expecting = "an object")]
struct LabelJson {
    #[serde(with = "via")]
    key: WireString,
    #[serde(with = "via")]
    value: WireString,
}

object!(Label as LabelJson);
