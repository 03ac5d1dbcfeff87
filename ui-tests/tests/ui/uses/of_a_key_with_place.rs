use netipc::{WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(key = nul_terminated, header = 8)]
struct Name {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {
    let view = Name::decode(b"one\0").unwrap();
    println!("{} {}", view, view.name());
}
