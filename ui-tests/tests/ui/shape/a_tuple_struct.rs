use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message(u32);

fn main() {}
