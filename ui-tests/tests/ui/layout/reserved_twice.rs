use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, reserved(at = 4, len = 4), reserved(at = 4, len = 4))]
struct Message {
    #[wire(at = 0)]
    one: u32,
}

fn main() {}
