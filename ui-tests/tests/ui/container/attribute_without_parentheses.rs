use netipc::WireMessage;

#[derive(WireMessage)]
#[wire]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
