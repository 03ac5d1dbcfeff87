//! APPS_LOOKUP.

use netipc::WireString;
use netipc::messages::{
    AppLookupItem, AppsLookup, AppsLookupRequest, CgroupStatus, Label, Orchestrator, Pid, ProcessStatus,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::via::{self, Json, object};
use super::wire_enum;

#[derive(Serialize, Deserialize)]
#[serde(remote = "AppsLookupRequest", deny_unknown_fields, expecting = "an object")]
struct RequestJson {
    #[serde(with = "via")]
    pids: Vec<Pid>,
}

object!(AppsLookupRequest as RequestJson);

/// Just the number.
impl Json for Pid {
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(self.pid)
    }

    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { pid: u32::deserialize(from)? })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AppsLookup", deny_unknown_fields, expecting = "an object")]
struct ResponseJson {
    generation: u64,
    #[serde(with = "via")]
    items: Vec<AppLookupItem>,
}

object!(AppsLookup as ResponseJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "AppLookupItem", deny_unknown_fields, expecting = "an object")]
struct ItemJson {
    #[serde(with = "wire_enum")]
    status: ProcessStatus,
    #[serde(with = "wire_enum")]
    orchestrator: Orchestrator,
    #[serde(with = "wire_enum")]
    cgroup_status: CgroupStatus,
    pid: u32,
    ppid: u32,
    uid: u32,
    starttime: u64,
    #[serde(with = "via")]
    comm: WireString,
    #[serde(with = "via")]
    cgroup_path: WireString,
    #[serde(with = "via")]
    cgroup_name: WireString,
    #[serde(with = "via")]
    labels: Vec<Label>,
}

object!(AppLookupItem as ItemJson);
