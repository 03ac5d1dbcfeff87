//! CGROUPS_LOOKUP.

use netipc::WireString;
use netipc::messages::{
    CgroupLookupItem, CgroupPath, CgroupsLookup, CgroupsLookupRequest, Label, Orchestrator, PathStatus,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::via::{self, Json, object};
use super::wire_enum;

#[derive(Serialize, Deserialize)]
#[serde(remote = "CgroupsLookupRequest", deny_unknown_fields, expecting = "an object")]
struct RequestJson {
    #[serde(with = "via")]
    paths: Vec<CgroupPath>,
}

object!(CgroupsLookupRequest as RequestJson);

/// Just the path.
impl Json for CgroupPath {
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.path.to_json(to)
    }

    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { path: Json::from_json(from)? })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CgroupsLookup", deny_unknown_fields, expecting = "an object")]
struct ResponseJson {
    generation: u64,
    #[serde(with = "via")]
    items: Vec<CgroupLookupItem>,
}

object!(CgroupsLookup as ResponseJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "CgroupLookupItem", deny_unknown_fields, expecting = "an object")]
struct ItemJson {
    #[serde(with = "wire_enum")]
    status: PathStatus,
    #[serde(with = "wire_enum")]
    orchestrator: Orchestrator,
    #[serde(with = "via")]
    path: WireString,
    #[serde(with = "via")]
    name: WireString,
    #[serde(with = "via")]
    labels: Vec<Label>,
}

object!(CgroupLookupItem as ItemJson);
