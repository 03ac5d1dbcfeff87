use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version: Version = 1, at = 0))]
struct Message {}

fn main() {}
