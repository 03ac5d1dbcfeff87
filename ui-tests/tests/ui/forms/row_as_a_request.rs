use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, row)]
struct Name {
    #[wire(at = 0)]
    name: WireString,
}

fn decode<M: WireMessage>(bytes: &[u8]) -> bool {
    M::decode(bytes).is_ok()
}

fn main() {
    decode::<Name>(&[]);
}
