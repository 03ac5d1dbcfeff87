//! Enums, lengths of strings, NULs, rules between fields: of each, decoding alone and encoding alone.

mod forms;

use forms::{
    Exact, Shape, Status, Tagged, TaggedBuilder, TaggedRef, bytes_of, error_of, patched, refused, tagged,
    untagged,
};
use netipc_codec::{Class, Encode, EncodeError, MessageBuilder, Rule, WireEnum, WireMessage};

#[test]
fn a_value_that_a_closed_enum_does_not_list_is_bad_layout() {
    for value in [4u16, 5, 0x0100, u16::MAX] {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 2, &value.to_ne_bytes()));
        assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "status", 2));
        assert_eq!(error.rule(), Rule::Unlisted { found: value.into() });
    }
}

#[test]
fn every_value_that_a_closed_enum_lists_comes_back() {
    for (_, value) in Status::VARIANTS {
        let value = u16::try_from(*value).expect("its integer is a u16");
        assert_eq!(Status::from_wire(value).map(WireEnum::to_wire), Some(value));
    }
    assert_eq!(Status::VARIANTS.len(), 4);
    assert_eq!(Status::ZERO, Status::Known);
}

#[test]
fn an_open_enum_hands_on_what_it_does_not_list() {
    for value in 0..=u8::MAX {
        let bytes = patched(bytes_of(&tagged()), 4, &[value]);
        let view = Tagged::decode(&bytes).expect("any value is accepted");
        let expected = match value {
            0 => Shape::Round,
            4 => Shape::Square,
            other => Shape::Other(other),
        };
        assert_eq!(view.shape(), expected);
        assert_eq!(bytes_of(&view.to_owned()), bytes);
    }
}

#[test]
fn what_is_not_set_is_the_variant_of_0() {
    let mut buffer = [0xAA; 64];
    let mut builder = TaggedBuilder::new(&mut buffer);
    builder.name("x");
    let len = builder.finish().expect("64 bytes are enough");
    let view = Tagged::decode(&buffer[..len]).expect("a built message decodes");
    assert_eq!((view.status(), view.shape()), (Status::Known, Shape::Round));
    assert_eq!(TaggedRef::default().status, Status::Known);
}

#[test]
fn a_string_shorter_or_longer_than_the_layout_allows_is_bad_layout() {
    // The rest of the header is right, and so are both strings' bytes.
    for (length, text) in [(0u32, &b"\0"[..]), (9, b"123456789\0")] {
        let mut bytes = bytes_of(&untagged());
        bytes.truncate(28);
        let note = 28 + text.len();
        bytes[16..20].copy_from_slice(&length.to_ne_bytes());
        bytes[20..24].copy_from_slice(&u32::try_from(note).expect("small").to_ne_bytes());
        bytes.extend(text);
        bytes.extend(b"cde\0");
        let error = error_of::<Tagged>(&bytes);
        assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "name", 12));
        assert_eq!(error.rule(), Rule::StringLength { min: 1, max: 8, found: length });
    }
}

#[test]
fn a_string_of_a_length_that_the_layout_does_not_allow_is_not_encoded() {
    for (name, found) in [("", 0), ("123456789", 9)] {
        let error = refused(&Tagged { name: name.into(), ..tagged() });
        assert_eq!((error.field(), error.at()), ("name", 12));
        assert_eq!(error.rule(), Rule::StringLength { min: 1, max: 8, found });
    }
    for name in ["1", "12345678"] {
        let sent = Tagged { name: name.into(), ..tagged() };
        assert_eq!(Tagged::decode(&bytes_of(&sent)).map(|view| view.to_owned()), Ok(sent));
    }
}

#[test]
fn a_nul_inside_a_string_is_bad_layout_at_any_place() {
    for text in 0..3 {
        let error = error_of::<Tagged>(&patched(bytes_of(&tagged()), 31 + text, &[0]));
        assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::StringInnerNul));
        assert_eq!((error.field(), error.at()), ("note", 20));
    }
    // Long texts are looked through in another way.
    // Interpreted, a few of them have to do.
    let step = if cfg!(miri) { 23 } else { 1 };
    for len in (1..100).step_by(step) {
        for at in (0..len).step_by(step) {
            let mut text = vec![b'x'; len];
            text[at] = 0;
            let sent = Tagged { note: text.into(), ..untagged() };
            assert_eq!(refused(&sent).rule(), Rule::StringInnerNul, "{at} of {len}");
        }
    }
}

#[test]
fn a_nul_inside_a_string_is_refused_by_a_builder() {
    let mut buffer = [0; 64];
    let mut builder = TaggedBuilder::new(&mut buffer);
    builder.name("x").note_with(3, |place| place.copy_from_slice(b"a\0b"));
    let Err(EncodeError::Rule(error)) = builder.finish() else { panic!("the NUL is seen") };
    assert_eq!((error.rule(), error.field()), (Rule::StringInnerNul, "note"));
}

#[test]
fn strings_that_share_a_byte_are_bad_layout() {
    // `name` is the end of `note`.
    let inside = patched(bytes_of(&untagged()), 12, &32u32.to_ne_bytes());
    // `note` is the NUL of `name`, and nothing else.
    let bytes = bytes_of(&Tagged { shape: Shape::Round, note: "".into(), ..untagged() });
    let nul = patched(bytes[..31].to_vec(), 20, &30u32.to_ne_bytes());
    for bytes in [inside, nul] {
        let error = error_of::<Tagged>(&bytes);
        assert_eq!((error.class(), error.field(), error.at()), (Class::BadLayout, "note", 20));
        assert_eq!(error.rule(), Rule::StringsOverlap { other: "name" });
    }
}

#[test]
fn strings_may_lie_in_any_order_with_gaps() {
    let mut bytes = bytes_of(&untagged());
    bytes.truncate(28);
    bytes.extend(b"cde\0??ab\0");
    let bytes = patched(patched(bytes, 12, &34u32.to_ne_bytes()), 20, &28u32.to_ne_bytes());
    assert_eq!(Tagged::decode(&bytes).map(|view| view.to_owned()), Ok(untagged()));
}

#[test]
fn a_message_that_does_not_end_where_its_strings_do_is_bad_layout() {
    let sent = Exact { first: "abc".into(), second: "".into() };
    let bytes = bytes_of(&sent);
    assert_eq!(Exact::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
    let longer = [&bytes[..], &[0]].concat();
    let error = error_of::<Exact>(&longer);
    assert_eq!(
        (error.class(), error.rule(), error.at()),
        (Class::BadLayout, Rule::ItemEnd { expected: 21 }, 21)
    );
    let error = error_of::<Tagged>(&[&bytes_of(&untagged())[..], &[0]].concat());
    assert_eq!(
        (error.class(), error.rule(), error.at()),
        (Class::BadLayout, Rule::ItemEnd { expected: 35 }, 35)
    );
}

#[test]
fn the_end_is_that_of_the_last_string_in_whatever_order_they_lie() {
    let mut bytes = bytes_of(&Exact { first: "".into(), second: "".into() });
    bytes.truncate(16);
    bytes.extend(b"xy\0abc\0");
    let bytes = patched(bytes, 0, &[19u32, 3, 16, 2].map(u32::to_ne_bytes).concat());
    let view = Exact::decode(&bytes).expect("their order is free");
    assert_eq!((view.first(), view.second()), ("abc".into(), "xy".into()));
    assert!(Exact::decode(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn a_requirement_holds_where_its_conditions_do() {
    let known = |shape| Tagged { shape, note: "".into(), ..untagged() };
    assert!(known(Shape::Round).encode(&mut [0; 64]).is_ok());
    let error = refused(&known(Shape::Square));
    assert_eq!((error.field(), error.at()), ("note", 20));
    assert_eq!(error.rule(), Rule::Between("status == Known && shape == Square => note = not_empty"));
    assert_eq!(
        error.to_string(),
        "bad layout: `Tagged.note` at byte 20: breaks the rule `status == Known && shape == Square => note = not_empty`"
    );
}

#[test]
fn each_requirement_is_checked_on_encode() {
    let unknown =
        Tagged { status: Status::Unknown, shape: Shape::Round, number: 7, note: "".into(), ..untagged() };
    assert!(unknown.encode(&mut [0; 64]).is_ok());
    let broken = [
        ("number", Tagged { number: 6, ..unknown.clone() }),
        ("note", Tagged { note: "x".into(), ..unknown.clone() }),
        ("tags", Tagged { tags: tagged().tags, ..unknown.clone() }),
    ];
    for (field, message) in broken {
        let error = refused(&message);
        assert_eq!((error.class(), error.field()), (Class::BadLayout, field));
    }
}

#[test]
fn each_requirement_is_checked_on_decode() {
    // A known one whose status is then changed: `number` is checked first.
    let bytes = patched(bytes_of(&tagged()), 2, &1u16.to_ne_bytes());
    assert_eq!(error_of::<Tagged>(&bytes).field(), "number");
    let bytes = patched(bytes, 8, &7u32.to_ne_bytes());
    assert_eq!(error_of::<Tagged>(&bytes).field(), "note");
    let bytes = patched(
        bytes_of(&Tagged { shape: Shape::Round, note: "".into(), ..tagged() }),
        2,
        &1u16.to_ne_bytes(),
    );
    let error = error_of::<Tagged>(&patched(bytes, 8, &7u32.to_ne_bytes()));
    assert_eq!((error.field(), error.at()), ("tags", 5));
}

#[test]
fn rules_are_checked_before_strings() {
    // Both are broken: the rule, and the place of `name`.
    let bytes = patched(bytes_of(&tagged()), 2, &1u16.to_ne_bytes());
    let error = error_of::<Tagged>(&patched(bytes, 12, &u32::MAX.to_ne_bytes()));
    assert!(matches!(error.rule(), Rule::Between(_)));
}
