use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, reserved(at = 4, len = 0))]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
