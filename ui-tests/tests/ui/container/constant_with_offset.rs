use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version: u16 = 1, offset = 0))]
struct Message {}

fn main() {}
