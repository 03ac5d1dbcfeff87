//! Items that are named by a path, and lists of lists.

mod parts {
    use netipc::WireMessage;

    #[derive(WireMessage, Clone, Debug, PartialEq)]
    #[wire(header = 2)]
    pub struct Part {
        #[wire(at = 0)]
        pub value: u16,
    }
}

use netipc::{Encode, WireMessage};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Row {
    #[wire(count_at = 0, directory = free)]
    parts: std::vec::Vec<self::parts::Part>,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 4)]
struct Table {
    #[wire(count_at = 0, directory = free)]
    rows: Vec<Row>,
}

fn main() {
    let row = |values: &[u16]| Row { parts: values.iter().map(|value| parts::Part { value: *value }).collect() };
    let sent = Table { rows: vec![row(&[]), row(&[1, 2, 3]), row(&[4])] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    assert_eq!(Table::decode(&bytes).unwrap().to_owned(), sent);
}
