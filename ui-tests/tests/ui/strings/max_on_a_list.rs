use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(count_at = 0, directory = free, max = 3)]
    names: Vec<Name>,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct Name {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}
