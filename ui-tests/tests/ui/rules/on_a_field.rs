use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0, rule(count == 0))]
    count: u32,
}

fn main() {}
