//! Keys, fixed items and ordered directories.

mod forms;

use forms::{
    Name, NameBuilder, NameRef, Names, NamesRef, Number, Numbers, bytes_of, error_of, names, patched, refused,
};
use netipc_codec::{Class, EncodeError, MessageBuilder, Rule, WireMessage};

fn entry(offset: u32, length: u32) -> Vec<u8> {
    [offset.to_ne_bytes(), length.to_ne_bytes()].concat()
}

#[test]
fn the_length_of_a_key_counts_its_nul() {
    let bytes = bytes_of(&names(&["ab", "c"]));
    assert_eq!(bytes[4..20], [entry(0, 3), entry(8, 2)].concat());
    assert_eq!(&bytes[20..], b"ab\0\0\0\0\0\0c\0");
    assert_eq!(Names::decode(&bytes).map(|view| view.to_owned()), Ok(names(&["ab", "c"])));
}

#[test]
fn a_key_ends_with_a_nul() {
    let error = error_of::<Names>(&patched(bytes_of(&names(&["ab"])), 14, b"x"));
    assert_eq!((error.class(), error.message(), error.field()), (Class::MissingNul, "Name", "name"));
    assert_eq!((error.item(), error.at()), (Some(0), 12));
}

#[test]
fn a_key_has_no_other_nul() {
    for at in [12, 13] {
        let error = error_of::<Names>(&patched(bytes_of(&names(&["ab"])), at, &[0]));
        assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::StringInnerNul));
    }
    assert_eq!(refused(&names(&["a\0b"])).rule(), Rule::StringInnerNul);
}

#[test]
fn a_key_has_an_allowed_length() {
    for (length, rule) in [(0, Rule::ItemSize), (1, Rule::ItemSize)] {
        let error = error_of::<Names>(&patched(bytes_of(&names(&["ab"])), 8, &u32::to_ne_bytes(length)));
        assert_eq!((error.class(), error.rule(), error.at()), (Class::BadLayout, rule, 4));
    }
    for (name, found) in [("", 0), ("123456789", 9)] {
        let error = refused(&names(&[name]));
        assert_eq!(error.rule(), Rule::StringLength { min: 1, max: 8, found });
    }
    let mut bytes = vec![1, 0, 0, 0].into_iter().chain(entry(0, 10)).collect::<Vec<_>>();
    bytes[..4].copy_from_slice(&1u32.to_ne_bytes());
    bytes.extend(b"123456789\0");
    assert_eq!((error_of::<Names>(&bytes).class(), error_of::<Names>(&bytes).at()), (Class::BadLayout, 4));
}

#[test]
fn a_key_alone_is_its_string_and_a_nul() {
    let key = Name { name: "abc".into() };
    assert_eq!(bytes_of(&key), b"abc\0");
    assert_eq!(bytes_of(&NameRef { name: b"abc" }), b"abc\0");
    let view = Name::decode(b"abc\0").expect("it is right");
    assert_eq!((view.name(), view.name_c_str()), ("abc".into(), c"abc"));
    assert_eq!((view.to_owned(), view.to_string()), (key, "name=\"abc\"".to_owned()));
    assert_eq!(format!("{view:?}"), "NameView { name: \"abc\" }");
    for (bytes, rule) in [
        (&b""[..], Rule::StringTerminator),
        (b"a", Rule::StringTerminator),
        (b"\0", Rule::StringLength { min: 1, max: 8, found: 0 }),
        (b"a\0\0", Rule::StringInnerNul),
    ] {
        assert_eq!(error_of::<Name>(bytes).rule(), rule, "{bytes:?}");
    }
}

#[test]
fn a_builder_of_a_key_fills_it_in_place_in_a_buffer_of_its_size() {
    for size in 0..6 {
        let mut buffer = [0xAA; 6];
        let mut builder = NameBuilder::new(&mut buffer[..size]);
        builder.name("longer").name_with(3, |place| place.copy_from_slice(b"abc"));
        let mut buffer = [0xAA; 6];
        let mut short = NameBuilder::new(&mut buffer[..size]);
        short.name_with(3, |place| place.copy_from_slice(b"abc"));
        assert!(builder.finish().is_err(), "`longer` does not fit in {size}");
        match short.finish() {
            Ok(len) => assert_eq!((size >= 4, &buffer[..len]), (true, &b"abc\0"[..])),
            Err(error) => {
                assert_eq!((size < 4, error), (true, EncodeError::Overflow { needed: 4, available: size }));
            }
        }
    }
}

#[test]
fn a_fixed_item_has_exactly_its_length() {
    let sent = Numbers { numbers: vec![Number { number: 1 }, Number { number: 2 }] };
    let bytes = bytes_of(&sent);
    assert_eq!(bytes[4..20], [entry(0, 6), entry(8, 6)].concat());
    assert_eq!(Numbers::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
    for length in [0, 5, 7, u32::MAX] {
        let error = error_of::<Numbers>(&patched(bytes.clone(), 8, &u32::to_ne_bytes(length)));
        assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::ItemSize), "{length}");
        assert_eq!((error.item(), error.at(), error.field()), (Some(0), 4, "numbers"));
    }
}

#[test]
fn reserved_bytes_of_a_fixed_item_count() {
    let bytes = bytes_of(&Numbers { numbers: vec![Number { number: 1 }] });
    let error = error_of::<Numbers>(&patched(bytes, 17, &[1]));
    assert_eq!((error.rule(), error.at(), error.item()), (Rule::Reserved, 17, Some(0)));
}

#[test]
fn entries_of_an_ordered_directory_ascend_and_do_not_overlap() {
    let bytes = bytes_of(&names(&["abcdefg", "bcdefgh"]));
    for second in [0, 8] {
        let swapped = patched(patched(bytes.clone(), 4, &entry(8, 8)), 12, &entry(second, 8));
        let error = error_of::<Names>(&swapped);
        assert_eq!((error.class(), error.rule()), (Class::BadLayout, Rule::ItemOrder));
        assert_eq!((error.item(), error.at()), (Some(1), 12));
    }
}

#[test]
fn gaps_and_bytes_behind_the_last_item_are_accepted() {
    let mut bytes: Vec<u8> = [1u32.to_ne_bytes().to_vec(), entry(16, 2)].concat();
    bytes.extend([0xFF; 16]);
    bytes.extend(b"x\0\xFF\xFF");
    let view = Names::decode(&bytes).expect("gaps are free");
    assert_eq!(view.names().get(0).map(|key| key.name()), Some("x".into()));
}

#[test]
fn alignment_length_bounds_and_order_are_checked_in_this_order() {
    let bytes = bytes_of(&names(&["abcdefg", "bcdefgh"]));
    let rule = |second: Vec<u8>| error_of::<Names>(&patched(bytes.clone(), 12, &second)).rule();
    assert_eq!(rule(entry(4, 0)), Rule::ItemAlignment);
    assert_eq!(rule(entry(800, 0)), Rule::ItemSize);
    assert_eq!(rule(entry(800, 8)), Rule::ItemBounds);
    assert_eq!(rule(entry(u32::MAX - 7, 8)), Rule::ItemBounds);
    assert_eq!(rule(entry(0, 8)), Rule::ItemOrder);
}

#[test]
fn an_empty_list_is_its_header() {
    assert_eq!(bytes_of(&names(&[])), 0u32.to_ne_bytes());
    assert_eq!(bytes_of(&NamesRef::default()).len(), 4);
    assert!(Names::decode(&[0; 4]).expect("it is right").names().is_empty());
}
