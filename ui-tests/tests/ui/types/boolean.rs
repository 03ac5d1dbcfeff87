use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 1)]
struct Message {
    #[wire(at = 0)]
    on: bool,
}

fn main() {}
