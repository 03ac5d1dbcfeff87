use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, fixed = true)]
struct Message {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}
