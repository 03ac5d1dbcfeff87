use netipc::{Encode, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 20, row)]
struct Label {
    #[wire(at = 0)]
    key: WireString,
    #[wire(at = 8)]
    value: WireString,
    #[wire(at = 16)]
    number: u32,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 12, end = exact)]
struct Labelled {
    #[wire(at = 0)]
    name: WireString,
    #[wire(count_at = 8, table(align = 8))]
    labels: Vec<Label>,
}

fn main() {
    let label = Label { key: "a".into(), value: "b".into(), number: 1 };
    let sent = Labelled { name: "one".into(), labels: vec![label] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    let view = Labelled::decode(&bytes).unwrap();
    println!("{:?}", view.labels().get(0).map(|label| (label.key(), label.number(), label.to_owned())));
}
