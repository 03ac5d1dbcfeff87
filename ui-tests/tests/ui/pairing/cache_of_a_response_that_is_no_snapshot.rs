use netipc::messages::Increment;
use netipc::{ClientConfig, Endpoint, SnapshotCache};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "increment").unwrap();
    let mut cache = SnapshotCache::<Increment, Increment>::new(endpoint, ClientConfig::default());
    cache.refresh().unwrap();
}
