use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2)]
struct Message {
    #[wire(count_at = 0, repr = u16)]
    status: Vec<u16>,
}

fn main() {}
