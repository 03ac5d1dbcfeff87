use netipc::Client;
use netipc::messages::{CgroupsSnapshotRequest, Increment};

struct Consumer {
    client: Client<CgroupsSnapshotRequest, Increment>,
}

fn main() {
    let _: Option<Consumer> = None;
}
