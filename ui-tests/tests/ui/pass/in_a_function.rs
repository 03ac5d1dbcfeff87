use netipc::{Encode, WireMessage};

fn main() {
    #[derive(WireMessage, Clone, Copy, Debug, PartialEq)]
    #[wire(header = 4)]
    struct Item {
        #[wire(at = 0)]
        value: i32,
    }

    #[derive(WireMessage, Debug, PartialEq)]
    #[wire(method = 0x9000, header = 8, reserved(at = 4, len = 4))]
    struct Items {
        #[wire(count_at = 0, directory = free)]
        items: Vec<Item>,
    }

    let sent = Items { items: vec![Item { value: -7 }, Item { value: 8 }] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    assert_eq!(Items::decode(&bytes).unwrap().to_owned(), sent);
}
