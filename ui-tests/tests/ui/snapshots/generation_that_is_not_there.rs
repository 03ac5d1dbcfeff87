use netipc::{WireEnum, WireMessage, WireString};

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 16, reserved(at = 14, len = 2), snapshot(items = users, key = id, generation = state))]
struct Users {
    #[wire(count_at = 0, directory = free)]
    users: Vec<User>,
    #[wire(at = 4)]
    generation: u64,
    #[wire(at = 12)]
    change: i16,
}

#[derive(WireMessage)]
#[wire(header = 16, reserved(at = 6, len = 2))]
struct User {
    #[wire(at = 0)]
    id: u32,
    #[wire(at = 4, repr = u16)]
    kind: Kind,
    #[wire(at = 8)]
    name: WireString,
}

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Kind {
    Person = 0,
    Service = 1,
}

fn main() {}
