use netipc::WireMessage;

#[derive(WireMessage)]
struct Message {
    value: u32,
}

fn main() {}
