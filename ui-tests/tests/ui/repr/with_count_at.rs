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
    #[wire(count_at = 0, repr = u16)]
    status: Status,
}

fn main() {}
