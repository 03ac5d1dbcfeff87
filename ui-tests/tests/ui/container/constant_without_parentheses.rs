use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, constant = 1)]
struct Message {}

fn main() {}
