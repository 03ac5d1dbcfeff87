use netipc::messages::{Cgroup, CgroupsSnapshot};
use netipc::{Client, ClientConfig, Endpoint};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot").unwrap();
    let _ = Client::<Cgroup, CgroupsSnapshot>::new(endpoint, ClientConfig::default());
}
