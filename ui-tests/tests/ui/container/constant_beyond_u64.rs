use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, constant(magic: u64 = 0x1_0000_0000_0000_0000, at = 0))]
struct Message {}

fn main() {}
