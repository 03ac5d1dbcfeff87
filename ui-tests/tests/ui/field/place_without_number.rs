use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at)]
    value: u32,
}

fn main() {}
