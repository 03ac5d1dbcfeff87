use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(crate = nowhere, header = 4)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
