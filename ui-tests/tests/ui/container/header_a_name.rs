use netipc::WireMessage;

const LEN: usize = 4;

#[derive(WireMessage)]
#[wire(header = LEN)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
