use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(row, header = 8, snapshot(items = users, key = id))]
struct Label {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}
