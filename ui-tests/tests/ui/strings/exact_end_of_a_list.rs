use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 4, end = exact)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    names: Vec<Name>,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct Name {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}
