use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(method = 0x1_0000, header = 4)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
