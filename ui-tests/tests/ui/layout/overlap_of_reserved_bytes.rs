use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, reserved(at = 2, len = 4))]
struct Message {
    #[wire(at = 0)]
    one: u32,
    #[wire(at = 4)]
    two: u32,
}

fn main() {}
