use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, constant(flags: u16 = 0, at = 0), constant(flags: u16 = 0, at = 2))]
struct Message {}

fn main() {}
