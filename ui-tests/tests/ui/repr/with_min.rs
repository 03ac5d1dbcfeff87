use netipc::{WireEnum, WireMessage};

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 1,
}

#[derive(WireMessage)]
#[wire(header = 2)]
struct Message {
    #[wire(at = 0, repr = u16, min = 1)]
    status: Status,
}

fn main() {}
