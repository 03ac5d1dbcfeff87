use netipc::{WireEnum, WireMessage, WireString};

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4, lookup(request = Request, keys = keys))]
struct Response {
    #[wire(count_at = 0, directory = ordered)]
    items: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 20, lookup_item(key = Key, echo = id, status = status, payload_exceeded = Full, oversized_item = Large))]
struct Item {
    #[wire(at = 0, repr = u16)]
    status: Status,
    #[wire(at = 2)]
    flags: u16,
    #[wire(at = 4)]
    id: u64,
    #[wire(at = 12, min = 1)]
    name: WireString,
}

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4)]
struct Request {
    #[wire(count_at = 0, directory = ordered)]
    keys: Vec<Key>,
}

#[derive(WireMessage)]
#[wire(header = 8, fixed)]
struct Key {
    #[wire(at = 0)]
    id: u64,
}

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 1,
    Full = 2,
    Large = 3,
}

fn main() {}
