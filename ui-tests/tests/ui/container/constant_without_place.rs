use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version: u16 = 1))]
struct Message {}

fn main() {}
