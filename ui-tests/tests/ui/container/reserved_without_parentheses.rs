use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, reserved = 4)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
