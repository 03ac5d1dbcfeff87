//! Decoding: every rule alone, and that nothing is read that was not checked.

mod messages;

use messages::{Disjoint, Fixed, FixedList, Integers, List, Nothing, Strings, bytes_of};
use netipc_codec::{Class, DecodeError, Rule, WireMessage};
use proptest::prelude::*;

fn strings(first: &str, second: &str, third: &str) -> Strings {
    Strings { first: first.into(), second: second.into(), third: third.into(), number: 9 }
}

fn patched(mut bytes: Vec<u8>, at: usize, value: u32) -> Vec<u8> {
    bytes[at..at + 4].copy_from_slice(&value.to_ne_bytes());
    bytes
}

fn error_of<T: WireMessage>(bytes: &[u8]) -> DecodeError {
    T::decode(bytes).expect_err("these bytes break a rule")
}

#[test]
fn every_integer_type_comes_back_as_it_went() {
    let sent = Integers {
        u64: u64::MAX - 1,
        i64: i64::MIN,
        u32: 0x0102_0304,
        i32: -5,
        u16: 0xFFFE,
        i16: -2,
        u8: 200,
        i8: -128,
    };
    assert_eq!(Integers::decode(&bytes_of(&sent)).map(|view| view.to_owned()), Ok(sent));
}

#[test]
fn a_payload_decodes_at_any_alignment() {
    let sent = List { generation: 3, entries: vec![strings("a", "b", "c"), strings("", "", "")] };
    for shift in 0..8 {
        let mut bytes = vec![0; shift];
        bytes.extend(bytes_of(&sent));
        assert_eq!(List::decode(&bytes[shift..]).map(|view| view.to_owned()), Ok(sent.clone()));
    }
}

#[test]
fn a_header_cut_short_is_truncated() {
    let bytes = bytes_of(&Integers { u64: 0, i64: 0, u32: 0, i32: 0, u16: 0, i16: 0, u8: 0, i8: 0 });
    for len in 0..bytes.len() {
        let error = error_of::<Integers>(&bytes[..len]);
        assert_eq!(error.class(), Class::Truncated);
        assert_eq!(error.rule(), Rule::HeaderLength { needed: 33, found: len });
    }
}

#[test]
fn bytes_behind_the_last_field_are_not_looked_at() {
    let mut bytes = bytes_of(&Nothing {});
    bytes.extend([0xFF; 9]);
    assert!(Nothing::decode(&bytes).is_ok());
}

#[test]
fn a_constant_with_another_value_is_bad_layout_at_its_place() {
    let mut bytes = bytes_of(&Integers { u64: 0, i64: 0, u32: 0, i32: 0, u16: 0, i16: 0, u8: 0, i8: 0 });
    bytes[1] = 8;
    let error = error_of::<Integers>(&bytes);
    assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "kind", 1));
    assert_eq!(error.rule(), Rule::Constant { expected: 7, found: 8 });
}

#[test]
fn each_reserved_byte_counts() {
    for at in [30, 31] {
        let mut bytes = bytes_of(&Integers { u64: 0, i64: 0, u32: 0, i32: 0, u16: 0, i16: 0, u8: 0, i8: 0 });
        bytes[at] = 1;
        let error = error_of::<Integers>(&bytes);
        assert_eq!((error.class(), error.rule(), error.at()), (Class::BadLayout, Rule::Reserved, at));
    }
}

#[test]
fn a_string_that_begins_in_the_header_is_out_of_bounds() {
    let error = error_of::<Strings>(&patched(bytes_of(&strings("a", "b", "c")), 12, 27));
    assert_eq!((error.class(), error.field(), error.at()), (Class::OutOfBounds, "second", 12));
    assert_eq!(error.rule(), Rule::StringInHeader { offset: 27 });
}

#[test]
fn a_string_whose_nul_lies_behind_the_end_is_out_of_bounds() {
    let bytes = bytes_of(&strings("a", "b", "c"));
    let error = error_of::<Strings>(&bytes[..bytes.len() - 1]);
    assert_eq!((error.class(), error.field()), (Class::OutOfBounds, "third"));
}

#[test]
fn an_offset_and_length_that_pass_u32_are_out_of_bounds() {
    for (at, value) in [(4, u32::MAX), (8, u32::MAX), (8, u32::MAX - 28), (8, u32::MAX - 27)] {
        let error = error_of::<Strings>(&patched(bytes_of(&strings("a", "b", "c")), at, value));
        assert_eq!((error.class(), error.field()), (Class::OutOfBounds, "first"));
    }
}

#[test]
fn a_string_without_nul_is_missing_nul() {
    let mut bytes = bytes_of(&strings("a", "b", "c"));
    bytes[29] = b'x';
    let error = error_of::<Strings>(&bytes);
    assert_eq!((error.class(), error.field(), error.at()), (Class::MissingNul, "first", 4));
}

#[test]
fn strings_that_share_bytes_are_accepted_where_the_layout_does_not_forbid_it() {
    let bytes = patched(bytes_of(&strings("abc", "", "")), 12, 31);
    let view = Strings::decode(&bytes).expect("sharing is allowed here");
    assert_eq!((view.first().as_ref(), view.second().as_ref()), (&b"abc"[..], &b""[..]));
}

#[test]
fn strings_that_share_a_byte_are_bad_layout_where_the_layout_forbids_it() {
    // Zeros behind the header: each place has its NUL.
    let places = || (16u32..21).flat_map(|offset| (0..21 - offset).map(move |length| (offset, length)));
    for (one, other) in places().flat_map(|one| places().map(move |other| (one, other))) {
        let spans = [one.0, one.1, other.0, other.1].map(u32::to_ne_bytes).concat();
        let bytes = [spans, vec![0; 5]].concat();
        // A string ends with its NUL.
        let apart = one.0 + one.1 < other.0 || other.0 + other.1 < one.0;
        match Disjoint::decode(&bytes) {
            Ok(_) => assert!(apart, "{one:?} and {other:?} share bytes"),
            Err(error) => {
                assert!(!apart, "{one:?} and {other:?} share nothing");
                assert_eq!(
                    (error.class(), error.rule()),
                    (Class::BadLayout, Rule::StringsOverlap { other: "one" })
                );
                assert_eq!((error.field(), error.at()), ("other", 8));
            }
        }
    }
}

#[test]
fn an_error_in_an_item_names_the_item_and_the_byte_of_the_payload() {
    let sent = List { generation: 3, entries: vec![strings("a", "b", "c"), strings("d", "e", "f")] };
    let mut bytes = bytes_of(&sent);
    // Header 12, two entries, an item of 34 bytes padded to 40; then the first string of the second item.
    let item = 12 + 16 + 40;
    bytes[item + 29] = b'x';
    let error = error_of::<List>(&bytes);
    assert_eq!((error.class(), error.message(), error.field()), (Class::MissingNul, "Strings", "first"));
    assert_eq!((error.item(), error.at()), (Some(1), item + 4));
    let text = error.to_string();
    assert_eq!(text, "missing NUL: `Strings.first` of item 1 at byte 72: no NUL behind the string");
}

#[test]
fn a_directory_longer_than_the_payload_is_truncated_whatever_the_count() {
    let bytes = bytes_of(&List { generation: 0, entries: vec![strings("", "", "")] });
    for count in [6, 1 << 29, u32::MAX] {
        let error = error_of::<List>(&patched(bytes.clone(), 0, count));
        assert_eq!((error.class(), error.field(), error.at()), (Class::Truncated, "entries", 12));
    }
}

#[test]
fn directory_entries_are_checked_before_any_item() {
    let mut bytes = bytes_of(&List { generation: 3, entries: vec![strings("a", "b", "c"); 2] });
    bytes[12 + 16 + 29] = b'x';
    let bytes = patched(bytes, 12 + 8, 44);
    let error = error_of::<List>(&bytes);
    assert_eq!((error.class(), error.item(), error.at()), (Class::Misaligned, Some(1), 20));
}

#[test]
fn an_item_shorter_than_its_header_is_truncated() {
    let bytes = bytes_of(&List { generation: 3, entries: vec![strings("a", "b", "c")] });
    let error = error_of::<List>(&patched(bytes, 16, 27));
    assert_eq!((error.class(), error.rule(), error.at()), (Class::Truncated, Rule::ItemLength, 12));
}

#[test]
fn an_item_longer_than_its_kind_can_be_is_bad_layout() {
    let mut bytes = bytes_of(&FixedList { items: vec![Fixed { number: 1 }] });
    bytes.push(0);
    let error = error_of::<FixedList>(&patched(bytes, 8, 5));
    assert_eq!((error.class(), error.rule(), error.at()), (Class::BadLayout, Rule::ItemSize, 4));
}

#[test]
fn an_item_outside_of_the_payload_is_out_of_bounds() {
    let bytes = bytes_of(&List { generation: 3, entries: vec![strings("a", "b", "c")] });
    for (at, value) in [(12, 8), (16, 35), (12, u32::MAX - 7)] {
        assert_eq!(error_of::<List>(&patched(bytes.clone(), at, value)).class(), Class::OutOfBounds);
    }
}

#[test]
fn a_view_of_bytes_that_were_never_checked_reads_zeros_and_nothing_else() {
    let view = List::view(&[1, 0, 0]);
    assert_eq!((view.generation(), view.entries().len()), (0, 0));
    let lying = patched(patched(vec![0; 28], 4, 28), 8, 1000);
    assert_eq!(Strings::view(&lying).first(), "");
}

proptest! {
    #[test]
    fn no_bytes_are_read_out_of_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(view) = List::decode(&bytes) {
            let owned = view.to_owned();
            prop_assert_eq!(owned.entries.len(), view.entries().len());
        }
        // Unchecked views are total, too.
        let _ = format!("{:?}", List::view(&bytes));
    }

    #[test]
    fn one_changed_byte_never_does_harm(
        at in 0usize..130, value: u8, texts in proptest::collection::vec("[a-z]{0,5}", 6)
    ) {
        let sent = List {
            generation: 1,
            entries: vec![strings(&texts[0], &texts[1], &texts[2]), strings(&texts[3], &texts[4], &texts[5])],
        };
        let mut bytes = bytes_of(&sent);
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(view) = List::decode(&bytes) {
            // What was accepted can be read and sent on.
            let owned = view.to_owned();
            let again = bytes_of(&owned);
            prop_assert_eq!(List::decode(&again).map(|view| view.to_owned()), Ok(owned));
        }
    }
}
