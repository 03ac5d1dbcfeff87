//! CGROUPS_SNAPSHOT.

use netipc::WireString;
use netipc::messages::{Cgroup, CgroupsSnapshot};
use serde::{Deserialize, Serialize};

use super::via::{self, object};

#[derive(Serialize, Deserialize)]
#[serde(remote = "CgroupsSnapshot", deny_unknown_fields, expecting = "an object")]
struct SnapshotJson {
    systemd_enabled: u32,
    generation: u64,
    #[serde(with = "via", rename = "items")]
    cgroups: Vec<Cgroup>,
}

object!(CgroupsSnapshot as SnapshotJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Cgroup", deny_unknown_fields, expecting = "an object")]
struct CgroupJson {
    hash: u32,
    options: u32,
    enabled: u32,
    #[serde(with = "via")]
    name: WireString,
    #[serde(with = "via")]
    path: WireString,
}

object!(Cgroup as CgroupJson);
