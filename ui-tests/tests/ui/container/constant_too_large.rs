use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant(version: u16 = 65_536, at = 0))]
struct Message {}

fn main() {}
