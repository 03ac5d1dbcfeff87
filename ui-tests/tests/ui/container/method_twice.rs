use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(method = 1, header = 4, method = 2)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
