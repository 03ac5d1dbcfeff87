use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    text: WireString,
}

fn main() {}
