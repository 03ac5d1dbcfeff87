use netipc::WireMessage;

#[derive(WireMessage)]
struct Message {}

fn main() {}
