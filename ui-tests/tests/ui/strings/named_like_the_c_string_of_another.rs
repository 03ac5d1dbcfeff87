use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, strings(no_nul))]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(at = 8)]
    name_c_str: WireString,
}

fn main() {}
