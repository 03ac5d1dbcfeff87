use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {}

fn main() {}
