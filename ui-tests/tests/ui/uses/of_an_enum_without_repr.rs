use netipc::{WireEnum, WireMessage};

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(closed)]
enum Status {
    Known = 0,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 2)]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: Status,
}

fn main() {
    println!("{:?}", Message::decode(&[]).unwrap().status());
}
