use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version = 1, at = 0))]
struct Message {}

fn main() {}
