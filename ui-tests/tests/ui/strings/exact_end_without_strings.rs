use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, end = exact)]
struct Message {
    #[wire(at = 0)]
    number: u64,
}

fn main() {}
