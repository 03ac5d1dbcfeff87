use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(reserved(at = 0, len = 4))]
    value: u32,
}

fn main() {}
