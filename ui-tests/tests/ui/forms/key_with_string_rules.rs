use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated, strings(no_nul), end = exact)]
struct Message {
    name: WireString,
}

fn main() {}
