use netipc::{Encode, MessageBuilder, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 16, row)]
struct Label {
    #[wire(at = 0)]
    key: WireString,
    #[wire(at = 8)]
    value: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 12, end = exact, rule(labels == 3 => name = empty))]
struct Labelled {
    #[wire(at = 0)]
    name: WireString,
    #[wire(count_at = 8, table(align = 3))]
    labels: Vec<Label>,
}

fn main() {
    let label = Label { key: "a".into(), value: "b".into() };
    let sent = Labelled { name: "one".into(), labels: vec![label.clone()] };
    let mut bytes = vec![0; sent.encoded_len()];
    let mut builder = LabelledBuilder::new(&mut bytes);
    builder.name("one").labels(&[LabelRef { key: b"a", value: b"b" }]).labels(&[label]);
    builder.finish().unwrap();
    let view = Labelled::decode(&bytes).unwrap();
    println!("{:?}", view.labels().get(0).map(|label| (label.key(), label.to_owned())));
}
