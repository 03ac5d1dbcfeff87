//! Building: canonical bytes whatever the order of the calls, and overflow that is remembered.

mod messages;

use messages::{List, ListBuilder, Nothing, Strings, StringsBuilder, StringsRef, bytes_of};
use netipc_codec::{Encode, EncodeError, MessageBuilder, WireMessage};
use proptest::prelude::*;

fn sample() -> Strings {
    Strings { first: "one".into(), second: "".into(), third: "three".into(), number: 7 }
}

#[test]
fn strings_set_in_any_order_give_the_bytes_of_encode() {
    let expected = bytes_of(&sample());
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let mut buffer = [0xAA; 64];
        let mut builder = StringsBuilder::new(&mut buffer);
        for which in order {
            match which {
                0 => builder.first("one"),
                1 => builder.second(""),
                _ => builder.third(b"three"),
            };
        }
        builder.number(7);
        let len = builder.finish().expect("64 bytes are enough");
        assert_eq!(buffer[..len], expected);
    }
}

#[test]
fn a_string_set_again_replaces_what_was_there() {
    for replaced in ["", "x", "a longer text than before"] {
        let mut buffer = [0xAA; 128];
        let mut builder = StringsBuilder::new(&mut buffer);
        builder
            .first(replaced)
            .second("second")
            .third(replaced)
            .first("one")
            .second("")
            .third("three")
            .number(7);
        let len = builder.finish().expect("128 bytes are enough");
        assert_eq!(buffer[..len], bytes_of(&sample()));
    }
}

#[test]
fn a_string_longer_than_its_offset_can_be_set_again() {
    let mut buffer = [0xAA; 128];
    let mut builder = StringsBuilder::new(&mut buffer);
    builder.first([b'x'; 60]).second("").third("three").first("one").number(7);
    let len = builder.finish().expect("128 bytes are enough");
    assert_eq!(buffer[..len], bytes_of(&sample()));
}

#[test]
fn a_string_is_written_in_place_by_its_filler() {
    let mut buffer = [0xAA; 64];
    let mut builder = StringsBuilder::new(&mut buffer);
    builder.third_with(5, |place| place.copy_from_slice(b"three")).first("one").number(7);
    let len = builder.finish().expect("64 bytes are enough");
    assert_eq!(buffer[..len], bytes_of(&sample()));
}

#[test]
fn what_is_not_set_is_zero_or_empty() {
    let mut buffer = [0xAA; 64];
    let len = StringsBuilder::new(&mut buffer).finish().expect("64 bytes are enough");
    let empty = Strings { first: "".into(), second: "".into(), third: "".into(), number: 0 };
    assert_eq!(buffer[..len], bytes_of(&empty));
}

#[test]
fn encode_into_a_buffer_that_is_too_small_says_how_much_is_needed() {
    let needed = sample().encoded_len();
    for available in 0..needed {
        let mut buffer = vec![0; available];
        assert_eq!(sample().encode(&mut buffer), Err(EncodeError::Overflow { needed, available }));
    }
    assert_eq!(sample().encode(&mut vec![0; needed]), Ok(needed));
}

#[test]
fn a_builder_in_a_buffer_of_any_smaller_size_ends_in_overflow() {
    let needed = sample().encoded_len();
    for available in 0..needed {
        let mut buffer = vec![0; available];
        let mut builder = StringsBuilder::new(&mut buffer);
        builder.number(7).first("one").third("three");
        assert!(
            matches!(builder.finish(), Err(EncodeError::Overflow { .. })),
            "in {available} of {needed} bytes"
        );
    }
    assert!(matches!(
        <Nothing as WireMessage>::Builder::new(&mut [0]).finish(),
        Err(EncodeError::Overflow { .. })
    ));
}

#[test]
fn an_overflow_is_remembered_even_if_a_shorter_string_follows() {
    let mut buffer = [0; 40];
    let mut builder = StringsBuilder::new(&mut buffer);
    builder.first("far too long for a buffer of forty bytes").first("ok");
    assert!(builder.finish().is_err());
}

#[test]
fn an_item_that_does_not_fit_fails_the_list_as_a_whole() {
    let mut buffer = [0; 100];
    let mut builder = ListBuilder::new(&mut buffer);
    assert_eq!(builder.entries().push(&sample()), Ok(()));
    let refused = builder.entries().push(&sample());
    assert!(matches!(refused, Err(EncodeError::Overflow { available: 100, .. })));
    // An item that would fit is not taken either: the list would have a hole.
    assert_eq!(builder.entries().push(StringsRef::default()), refused);
    assert_eq!(builder.entries().len(), 1);
    assert_eq!(builder.finish(), refused.map(|()| 0));
}

#[test]
fn a_list_fits_in_exactly_its_encoded_length_however_many_items_were_announced() {
    let list = List { generation: 4, entries: vec![sample(); 5] };
    let expected = bytes_of(&list);
    for announced in 0..8 {
        let mut buffer = vec![0xAA; expected.len()];
        let mut builder = ListBuilder::new(&mut buffer);
        builder.generation(4).entries().expect(announced);
        for entry in &list.entries {
            builder.entries().push(entry).expect("the buffer is as long as the list");
        }
        assert_eq!(builder.finish(), Ok(expected.len()));
        assert_eq!(buffer, expected, "with {announced} announced");
    }
}

proptest! {
    #[test]
    fn a_list_built_in_place_is_the_list_encoded(
        texts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..12),
        announced in 0usize..16,
        spare in 0usize..200,
    ) {
        let entries: Vec<_> = texts
            .iter()
            .map(|text| Strings {
                first: text.clone().into(), second: "s".into(), third: text.clone().into(), number: 1,
            })
            .collect();
        let list = List { generation: 8, entries };
        let expected = bytes_of(&list);
        let mut buffer = vec![0xAA; expected.len() + spare];
        let mut builder = ListBuilder::new(&mut buffer);
        builder.entries().expect(announced);
        builder.generation(8);
        for text in &texts {
            builder.entries().push(StringsRef { first: text, second: b"s", third: text, number: 1 })?;
        }
        prop_assert_eq!(builder.finish(), Ok(expected.len()));
        prop_assert_eq!(&buffer[..expected.len()], &expected[..]);
        prop_assert_eq!(List::decode(&expected).map(|view| view.to_owned()), Ok(list));
    }
}
