//! Fields with the names of everything that generated code calls something.

use netipc::{Encode, MessageBuilder, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 24)]
struct Names {
    #[wire(at = 0)]
    header: u8,
    #[wire(at = 1)]
    builder: u8,
    #[wire(at = 2)]
    into: u8,
    #[wire(at = 3)]
    f: u8,
    #[wire(at = 4)]
    value: u8,
    #[wire(at = 5)]
    rules: u8,
    #[wire(at = 6)]
    encode: u8,
    #[wire(at = 7)]
    clone: u8,
    #[wire(at = 8)]
    bytes: WireString,
    #[wire(at = 16)]
    strings: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(method = 0x8000, header = 8, snapshot(items = items, key = (value, into, clone, bytes), generation = header))]
struct Lists {
    #[wire(at = 0)]
    header: u32,
    #[wire(count_at = 4, directory = free)]
    items: Vec<Names>,
}

fn main() {
    let names = Names {
        header: 1,
        builder: 2,
        into: 3,
        f: 4,
        value: 5,
        rules: 6,
        encode: 7,
        clone: 8,
        bytes: "nine".into(),
        strings: "ten".into(),
    };
    let sent = Lists { header: 1, items: vec![names; 2] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    let view = Lists::decode(&bytes).unwrap();
    assert_eq!(view.to_owned(), sent);
    assert_eq!(view.items().get(1).unwrap().clone(), 8);
    let mut again = vec![0; bytes.len()];
    let mut builder = ListsBuilder::new(&mut again);
    builder.header(1).items().extend(sent.items.iter()).unwrap();
    builder.finish().unwrap();
    assert_eq!(again, bytes);
}
