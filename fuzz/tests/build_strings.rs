//! A builder of strings, used in any order, against a model: the bytes of the last values set, or an overflow.

use netipc::{EncodeError, MessageBuilder, WireMessage, WireString};
use netipc_fuzz::bolero::TypeGenerator;
use netipc_fuzz::{bolero, encoded};

const HEADER_LEN: usize = 28;

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 28)]
struct Texts {
    #[wire(at = 0)]
    number: u32,
    #[wire(at = 4)]
    first: WireString,
    #[wire(at = 12)]
    second: WireString,
    #[wire(at = 20)]
    third: WireString,
}

#[derive(Debug, TypeGenerator)]
enum Step {
    Number(u32),
    Set(Which, Vec<u8>),
    SetWith(Which, Vec<u8>),
}

#[derive(Clone, Copy, Debug, TypeGenerator)]
enum Which {
    First,
    Second,
    Third,
}

/// What was set, and how many strings have a place: those before the last one that was set, too.
#[derive(Default)]
struct Model {
    number: u32,
    texts: [Vec<u8>; 3],
    placed: usize,
    overflown: bool,
}

impl Model {
    fn set(&mut self, which: Which, text: &[u8], available: usize) {
        if self.overflown {
            return;
        }
        self.texts[which as usize] = text.to_vec();
        self.placed = self.placed.max(which as usize + 1);
        self.overflown = self.len(self.placed) > available;
    }

    fn len(&self, placed: usize) -> usize {
        HEADER_LEN + self.texts[..placed].iter().map(|text| text.len() + 1).sum::<usize>()
    }

    fn finish(self, available: usize) -> Option<Vec<u8>> {
        if self.overflown || self.len(3) > available {
            return None;
        }
        let [first, second, third] = self.texts.map(WireString::from);
        Some(encoded(&Texts { number: self.number, first, second, third }))
    }
}

fn check((available, steps): &(u8, Vec<Step>)) {
    let available = usize::from(*available);
    let mut buffer = vec![0xAA; available];
    let mut builder = TextsBuilder::new(&mut buffer);
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Number(number) => {
                builder.number(*number);
                model.number = *number;
            }
            Step::Set(which, text) => {
                match which {
                    Which::First => builder.first(text),
                    Which::Second => builder.second(text),
                    Which::Third => builder.third(text),
                };
                model.set(*which, text, available);
            }
            Step::SetWith(which, text) => {
                let fill = |place: &mut [u8]| place.copy_from_slice(text);
                match which {
                    Which::First => builder.first_with(text.len(), fill),
                    Which::Second => builder.second_with(text.len(), fill),
                    Which::Third => builder.third_with(text.len(), fill),
                };
                model.set(*which, text, available);
            }
        }
    }
    match (builder.finish(), model.finish(available)) {
        (Ok(len), Some(expected)) => assert_eq!(buffer[..len], expected),
        (Err(EncodeError::Overflow { needed, available: said }), None) => {
            assert!(said == available && needed > available, "{needed} needed of {said}");
        }
        (built, expected) => panic!("built {built:?}, expected {expected:?}"),
    }
}

netipc_fuzz::target_of_values!(build_strings, check);
