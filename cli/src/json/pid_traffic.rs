//! PID_TRAFFIC.

use netipc::WireString;
use netipc::messages::{PidTraffic, ProcessTraffic};
use serde::{Deserialize, Serialize};

use super::via::{self, object};

#[derive(Serialize, Deserialize)]
#[serde(remote = "PidTraffic", deny_unknown_fields, expecting = "an object")]
struct TrafficJson {
    generation: u64,
    read_at: u64,
    #[serde(with = "via")]
    processes: Vec<ProcessTraffic>,
}

object!(PidTraffic as TrafficJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProcessTraffic", deny_unknown_fields, expecting = "an object")]
struct ProcessJson {
    pid: u32,
    starttime: u64,
    bytes_received: u64,
    bytes_sent: u64,
    packets_received: u64,
    packets_sent: u64,
    #[serde(with = "via")]
    comm: WireString,
}

object!(ProcessTraffic as ProcessJson);
