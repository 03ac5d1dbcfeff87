use netipc::{Encode, MessageBuilder, Snapshot, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 12)]
struct r#Loop {
    #[wire(at = 0)]
    r#type: u32,
    #[wire(at = 4)]
    r#in: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(method = 0x8000, header = 4, snapshot(items = r#for, key = (r#type, r#in)))]
struct Loops {
    #[wire(count_at = 0, directory = free)]
    r#for: Vec<r#Loop>,
}

fn main() {
    let sent = Loops { r#for: vec![r#Loop { r#type: 3, r#in: "a".into() }] };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = LoopsBuilder::new(&mut bytes);
    builder.r#for().push(LoopRef { r#type: 3, r#in: b"a" }).unwrap();
    builder.finish().unwrap();
    let view = Loops::decode(&bytes).unwrap();
    assert_eq!(view.to_owned(), sent);
    assert_eq!(format!("{view:?}"), r#"LoopsView { for: [LoopView { type: 3, in: "a" }] }"#);
    assert_eq!(view.r#for().get(0).map(Loops::key), Some((3, &b"a"[..])));
    assert_eq!(r#Loop::LAYOUT.fields[0].name, "type");
    let mut bytes = [0; 16];
    let mut builder = LoopBuilder::new(&mut bytes);
    builder.r#type(3).in_with(1, |place| place.fill(b'a'));
    assert_eq!(builder.finish(), Ok(14));
}
