use netipc::messages::{CgroupsSnapshot, Increment};
use netipc::{Endpoint, Server, ServerConfig};

fn main() {
    let endpoint = Endpoint::new("/run/netdata", "increment").unwrap();
    let _ = Server::<Increment, CgroupsSnapshot>::spawn(endpoint, ServerConfig::default(), |_, _, _| Ok(()));
}
