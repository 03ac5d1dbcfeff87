//! Tables: canonical places, checked on decode, whatever order a builder was called in.

mod forms;

use forms::{
    Bare, BareBuilder, Tag, TagRef, Tagged, TaggedBuilder, Wide, bytes_of, error_of, patched, refused, tag,
    tagged, untagged,
};
use netipc_codec::{Class, Encode, EncodeError, MessageBuilder, Rule, WireMessage};
use proptest::prelude::*;

#[test]
fn a_table_is_where_the_contract_puts_it() {
    let bytes = bytes_of(&tagged());
    let entry = |at: usize| {
        let number = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        (number(at), number(at + 4))
    };
    assert_eq!(&bytes[28..40], b"ab\0cde\0\0\0\0\0\0");
    assert_eq!([entry(40), entry(48), entry(56), entry(64)], [(72, 1), (74, 1), (76, 2), (79, 0)]);
    assert_eq!(&bytes[72..], b"a\x001\0bb\0\0");
    assert_eq!(Tagged::decode(&bytes).map(|view| view.to_owned()), Ok(tagged()));
}

#[test]
fn without_rows_the_message_ends_with_its_strings() {
    assert_eq!(bytes_of(&untagged()).len(), 35);
    assert_eq!(bytes_of(&Bare { number: 1, tags: vec![] }).len(), 6);
}

#[test]
fn a_table_may_follow_a_header_without_strings() {
    let sent = Bare { number: 9, tags: vec![tag("k", "v"), tag("kk", "")] };
    let bytes = bytes_of(&sent);
    assert_eq!(bytes.len(), 16 + 2 * 16 + 8);
    assert_eq!(Bare::decode(&bytes).map(|view| view.to_owned()), Ok(sent.clone()));
    let mut buffer = vec![0xAA; bytes.len()];
    let mut builder = BareBuilder::new(&mut buffer);
    builder.tags(&sent.tags).number(9);
    assert_eq!(builder.finish(), Ok(bytes.len()));
    assert_eq!(buffer, bytes);
    assert!(Bare::LAYOUT.to_string().contains("then the table `tags` of Tag"), "{}", Bare::LAYOUT);
}

#[test]
fn padding_before_a_table_is_0() {
    for at in 35..40 {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), at, &[1]));
        assert_eq!((error.class(), error.rule(), error.at()), (Class::BadLayout, Rule::TablePadding, at));
    }
}

#[test]
fn a_string_of_a_row_is_exactly_where_the_encoder_puts_it() {
    for (at, field) in [(40, "key"), (48, "value"), (56, "key"), (64, "value")] {
        let bytes = bytes_of(&tagged());
        let place = u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        for other in [place - 1, place + 1, 0, 28, u32::MAX] {
            let error = error_of::<Tagged>(&patched(bytes.clone(), at, &other.to_ne_bytes()));
            assert_eq!((error.class(), error.message(), error.field()), (Class::BadLayout, "Tag", field));
            assert_eq!(error.rule(), Rule::StringPlace { expected: place, found: other });
            assert_eq!(error.at(), at);
        }
    }
}

#[test]
fn a_string_of_a_row_has_an_allowed_length() {
    for length in [0u32, 5, u32::MAX] {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 44, &length.to_ne_bytes()));
        assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "key", 40));
        assert_eq!(error.rule(), Rule::StringLength { min: 1, max: 4, found: length });
    }
}

#[test]
fn a_string_of_a_row_ends_in_the_message() {
    for length in [10u32, u32::MAX] {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 68, &length.to_ne_bytes()));
        assert_eq!((error.class(), error.field(), error.at()), (Class::OutOfBounds, "value", 64));
    }
}

#[test]
fn a_string_of_a_row_has_its_nul_and_no_other() {
    let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 73, b"x"));
    assert_eq!((error.class(), error.field(), error.at()), (Class::MissingNul, "key", 40));
    let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 77, &[0]));
    assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "key", 56));
    assert_eq!(error.rule(), Rule::StringInnerNul);
}

#[test]
fn the_last_nul_of_a_table_ends_the_message() {
    let mut bytes = bytes_of(&tagged());
    bytes.push(0);
    let error = error_of::<Tagged>(&bytes);
    assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::ItemEnd { expected: 80 }));
}

#[test]
fn a_table_that_is_longer_than_the_message_is_bad_layout() {
    for count in [4u8, 255] {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 5, &[count]));
        assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::TableBounds), "{count} rows");
        assert_eq!((error.field(), error.at()), ("tags", 5));
    }
    // A count that its type cannot multiply.
    let bytes = bytes_of(&Bare { number: 1, tags: vec![tag("k", "v")] });
    for count in [3u32, 1 << 28, u32::MAX] {
        let error = error_of::<Bare>(&patched(bytes.clone(), 0, &count.to_ne_bytes()));
        assert_eq!(error.rule(), Rule::TableBounds, "{count} rows");
    }
}

#[test]
fn a_count_that_no_host_can_address_is_bad_layout() {
    let sent = Wide { tags: vec![tag("k", "v")] };
    assert_eq!(Wide::decode(&bytes_of(&sent)).map(|view| view.to_owned()), Ok(sent.clone()));
    // Twice as many strings are none at all, if nobody looks.
    for count in [1u64 << 63, (1 << 63) + 1, 1 << 32, u64::MAX] {
        let bytes = patched(bytes_of(&sent), 0, &count.to_ne_bytes());
        assert_eq!(error_of::<Wide>(&bytes).rule(), Rule::TableBounds, "{count} rows");
        assert_eq!(Wide::view(&bytes).tags().len(), 0);
        assert_eq!(error_of::<Wide>(&count.to_ne_bytes()).rule(), Rule::TableBounds, "{count} rows");
    }
}

#[test]
fn fewer_rows_than_there_are_leave_the_end_where_it_is_not() {
    for count in [0u8, 1] {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 5, &[count]));
        assert_eq!(error.class(), Class::BadLayout, "{count} rows");
    }
}

#[test]
fn rows_that_break_a_rule_are_not_encoded() {
    let with = |row| Tagged { tags: vec![tag("ok", ""), row], ..tagged() };
    let cases = [
        (tag("", "v"), "key", Rule::StringLength { min: 1, max: 4, found: 0 }),
        (tag("12345", "v"), "key", Rule::StringLength { min: 1, max: 4, found: 5 }),
        (tag("a\0", "v"), "key", Rule::StringInnerNul),
        (tag("a", "v\0v"), "value", Rule::StringInnerNul),
    ];
    for (row, field, rule) in cases {
        let error = refused(&with(row));
        assert_eq!((error.message(), error.field(), error.rule()), ("Tag", field, rule));
    }
}

#[test]
fn more_rows_than_can_be_counted_are_not_encoded() {
    let rows = |count| Tagged { tags: vec![tag("k", "v"); count], ..tagged() };
    let most = rows(255);
    assert_eq!(Tagged::decode(&bytes_of(&most)).map(|view| view.tags().len()), Ok(255));
    let too_many = rows(256);
    assert_eq!(
        too_many.encode(&mut vec![0; too_many.encoded_len()]),
        Err(EncodeError::TooManyRows { field: "tags", found: 256, max: 255 })
    );
    let mut buffer = vec![0; too_many.encoded_len()];
    let mut builder = TaggedBuilder::new(&mut buffer);
    builder.name("x").tags(&too_many.tags);
    assert_eq!(builder.finish(), Err(EncodeError::TooManyRows { field: "tags", found: 256, max: 255 }));
}

#[test]
fn rows_are_given_by_number_and_one_after_another() {
    let bytes = bytes_of(&tagged());
    let rows = Tagged::decode(&bytes).expect("it is right").tags();
    assert_eq!((rows.len(), rows.is_empty()), (2, false));
    assert_eq!(rows.get(1).map(|row| (row.key(), row.value())), Some(("bb".into(), "".into())));
    assert!(rows.get(2).is_none());
    assert!(rows.get(usize::MAX).is_none());
    assert_eq!(rows.iter().map(|row| row.to_owned()).collect::<Vec<_>>(), tagged().tags);
}

#[derive(Clone, Debug)]
enum Call {
    Name(String),
    Note(String),
    Number(u32),
    Tags(Vec<(String, String)>),
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        "[a-z]{1,8}".prop_map(Call::Name),
        "[a-z]{0,30}".prop_map(Call::Note),
        any::<u32>().prop_map(Call::Number),
        proptest::collection::vec(("[a-z]{1,4}", "[a-z]{0,9}"), 0..4).prop_map(Call::Tags),
    ];
    proptest::collection::vec(call, 0..8)
}

fn rows(of: &[(String, String)]) -> Vec<Tag> {
    of.iter().map(|(key, value)| tag(key, value)).collect()
}

/// What the calls leave, one after another.
fn expected(calls: &[Call]) -> Tagged {
    let nothing =
        Tagged { number: 0, shape: forms::Shape::Round, name: "n".into(), note: "".into(), ..untagged() };
    calls.iter().fold(nothing, |so_far, call| match call {
        Call::Name(name) => Tagged { name: name.as_str().into(), ..so_far },
        Call::Note(note) => Tagged { note: note.as_str().into(), ..so_far },
        Call::Number(number) => Tagged { number: *number, ..so_far },
        Call::Tags(tags) => Tagged { tags: rows(tags), ..so_far },
    })
}

/// The same calls on a builder; what a call needs beyond what stays is told too.
fn built(calls: &[Call], buffer: &mut [u8]) -> Result<usize, EncodeError> {
    let mut builder = TaggedBuilder::new(buffer);
    builder.name("n");
    for call in calls {
        match call {
            Call::Name(name) => builder.name(name),
            Call::Note(note) => builder.note(note),
            Call::Number(number) => builder.number(*number),
            Call::Tags(tags) => {
                let rows: Vec<_> = tags
                    .iter()
                    .map(|(key, value)| TagRef { key: key.as_bytes(), value: value.as_bytes() })
                    .collect();
                builder.tags(&rows)
            }
        };
    }
    builder.finish()
}

proptest! {
    #[test]
    fn calls_in_any_order_and_again_give_the_bytes_of_encode(calls in calls()) {
        let expected = bytes_of(&expected(&calls));
        let mut buffer = [0xAA; 1024];
        let len = built(&calls, &mut buffer)?;
        prop_assert_eq!(&buffer[..len], &expected[..]);
        prop_assert_eq!(Tagged::decode(&expected).map(|view| bytes_of(&view.to_owned())), Ok(expected.clone()));
    }

    #[test]
    fn in_a_buffer_of_any_size_calls_give_those_bytes_or_an_overflow(calls in calls()) {
        let expected = bytes_of(&expected(&calls));
        // The most that is there at any time: texts that are replaced later count, too.
        let most = (0..=calls.len()).map(|count| bytes_of(&self::expected(&calls[..count])).len()).max();
        for size in 0..most.unwrap_or_default() + 2 {
            let mut buffer = vec![0xAA; size];
            match built(&calls, &mut buffer) {
                Ok(len) => prop_assert_eq!(&buffer[..len], &expected[..], "in {} bytes", size),
                Err(EncodeError::Overflow { needed, available }) => {
                    prop_assert_eq!(available, size);
                    prop_assert!(needed > size);
                    prop_assert!(Some(size) < most, "in {} bytes", size);
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn encoding_in_a_buffer_of_any_smaller_size_says_what_is_needed(calls in calls()) {
        let message = expected(&calls);
        let needed = message.encoded_len();
        for available in 0..needed {
            prop_assert_eq!(
                message.encode(&mut vec![0; available]),
                Err(EncodeError::Overflow { needed, available })
            );
        }
    }
}
