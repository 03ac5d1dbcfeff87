//! `netipc` under another name, and by way of a re-export.

extern crate netipc as wire_messages;

mod facade {
    pub mod inner {
        pub use netipc as ipc;
    }
}

use wire_messages::{Encode, WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(crate = wire_messages, header = 8)]
struct Word {
    #[wire(at = 0)]
    text: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(crate = crate::facade::inner::ipc, header = 4)]
struct Words {
    #[wire(count_at = 0, directory = free)]
    words: Vec<Word>,
}

fn main() {
    // Whatever is called `netipc` here is not looked at.
    mod netipc {}
    let sent = Words { words: vec![Word { text: "one".into() }] };
    let mut bytes = vec![0; sent.encoded_len()];
    sent.encode(&mut bytes).unwrap();
    assert_eq!(Words::decode(&bytes).unwrap().to_owned(), sent);
}
