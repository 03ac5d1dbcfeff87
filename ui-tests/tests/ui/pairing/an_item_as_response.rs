use netipc::messages::{Cgroup, CgroupsSnapshotRequest};
use netipc::{Client, ClientConfig, Endpoint};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot").unwrap();
    let _ = Client::<CgroupsSnapshotRequest, Cgroup>::new(endpoint, ClientConfig::default());
}
