use netipc::{Encode, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 8)]
struct Item {
    #[wire(at = "0")]
    text: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Greeting {
    #[wire(count_at = 0, directory = free)]
    items: Vec<Item>,
}

// Only the literal is reported: the list is in order.
fn main() {
    let sent = Greeting { items: vec![Item { text: "one".into() }] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    for item in Greeting::decode(&bytes).unwrap().items() {
        println!("{}", item.text());
    }
}
