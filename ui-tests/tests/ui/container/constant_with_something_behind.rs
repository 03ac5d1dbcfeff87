use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version: u16 = 1, at = 0, len = 2))]
struct Message {}

fn main() {}
