use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    texts: Vec<WireString>,
}

fn main() {}
