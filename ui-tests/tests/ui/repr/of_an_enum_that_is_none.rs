use netipc::WireMessage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Known,
}

#[derive(WireMessage)]
#[wire(header = 2)]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: Status,
}

fn main() {}
