use netipc::{WireEnum, WireMessage};

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 1,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0, repr = u16)]
    first: Status,
    #[wire(at = 2, repr = u16)]
    second: Status,
}

fn main() {}
