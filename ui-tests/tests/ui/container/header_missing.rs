use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(method = 1)]
struct Message {
    #[wire(at = 0)]
    value: u32,
    #[wire(at = 4)]
    other: u64,
}

fn main() {}
