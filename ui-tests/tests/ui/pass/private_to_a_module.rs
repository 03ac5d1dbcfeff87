#![deny(warnings)]

mod outer {
    pub mod inner {
        use netipc::{WireMessage, WireString};

        #[derive(WireMessage, Clone, Debug, PartialEq)]
        #[wire(header = 20)]
        pub(in crate::outer) struct Word {
            #[wire(at = 0)]
            pub(super) number: u32,
            #[wire(at = 4)]
            pub(crate) first: WireString,
            #[wire(at = 12)]
            second: WireString,
        }

        #[derive(WireMessage, Clone, Debug, PartialEq)]
        #[wire(header = 4)]
        pub(super) struct Words {
            #[wire(count_at = 0, directory = free)]
            pub(super) words: Vec<Word>,
        }

        pub(super) fn seconds(words: &Words) -> usize {
            words.words.iter().map(|word| word.second.len()).sum()
        }
    }

    pub fn run() {
        use inner::{Words, WordsBuilder, seconds};
        use netipc::{Encode, MessageBuilder, WireMessage};

        let mut bytes = [0; 100];
        let mut builder = WordsBuilder::new(&mut bytes);
        builder.words().push(inner::WordRef::default()).unwrap();
        let len = builder.finish().unwrap();
        let words = Words::decode(&bytes[..len]).unwrap().to_owned();
        assert_eq!(words.encoded_len(), len);
        assert_eq!((words.words[0].number, seconds(&words)), (0, 0));
    }
}

fn main() {
    outer::run();
}
