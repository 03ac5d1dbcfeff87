use netipc::{WireEnum, WireMessage, WireString};

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 1,
}

#[derive(WireMessage)]
#[wire(header = 12, rule(status != Known => count = -1))]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: Status,
    #[wire(at = 2)]
    count: u16,
    #[wire(at = 4)]
    name: WireString,
}

fn main() {}
