use netipc::messages::{CgroupsSnapshotRequest, StringReverse};
use netipc::{Client, ClientConfig, Endpoint};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot").unwrap();
    let _ = Client::<CgroupsSnapshotRequest, StringReverse>::new(endpoint, ClientConfig::default());
}
