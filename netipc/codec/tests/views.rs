//! Views: as text, for C, and of bytes that nobody has checked.

mod forms;

use forms::{Answer, Bare, Name, Names, Numbers, Tagged, bytes_of, names, tagged, untagged};
use netipc_codec::WireMessage;
use proptest::prelude::*;

#[test]
fn a_view_prints_its_fields_in_the_order_of_their_places() {
    let bytes = bytes_of(&tagged());
    let view = Tagged::decode(&bytes).expect("it is right");
    assert_eq!(
        view.to_string(),
        r#"status=Known shape=Square tags=[{key="a" value="1"}, {key="bb" value=""}] number=5 name="ab" note="cde""#
    );
    assert_eq!(
        format!("{view:?}"),
        r#"TaggedView { status: Known, shape: Square, tags: [TagView { key: "a", value: "1" }, TagView { key: "bb", value: "" }], number: 5, name: "ab", note: "cde" }"#
    );
}

#[test]
fn text_that_could_disturb_a_terminal_is_escaped() {
    let bytes = bytes_of(&Tagged { note: b"\x1B[2J\xFF\n\"".into(), ..untagged() });
    let text = Tagged::decode(&bytes).expect("any bytes are text").to_string();
    assert!(text.ends_with(r#"note="\x1b[2J\xff\n\"""#), "{text}");
}

#[test]
fn lists_print_their_items() {
    let bytes = bytes_of(&names(&["a", "b"]));
    let view = Names::decode(&bytes).expect("it is right");
    assert_eq!(view.to_string(), r#"names=[{name="a"}, {name="b"}]"#);
    assert_eq!(
        format!("{view:?}"),
        r#"NamesView { names: [NameView { name: "a" }, NameView { name: "b" }] }"#
    );
}

#[test]
fn strings_without_a_nul_inside_are_there_for_c() {
    let bytes = bytes_of(&tagged());
    let view = Tagged::decode(&bytes).expect("it is right");
    assert_eq!((view.name_c_str(), view.note_c_str()), (c"ab", c"cde"));
}

#[test]
fn of_bytes_that_nobody_has_checked_a_string_that_is_none_reads_as_empty_for_c() {
    let bytes = bytes_of(&tagged());
    // Cut before the NUL, and with a NUL inside.
    assert_eq!(Tagged::view(&bytes[..34]).note_c_str(), c"");
    let mut with_nul = bytes.clone();
    with_nul[32] = 0;
    assert_eq!(Tagged::view(&with_nul).note_c_str(), c"");
    assert_eq!(Name::view(b"ab").name_c_str(), c"");
}

#[test]
fn a_closed_enum_of_bytes_that_nobody_has_checked_reads_as_its_variant_of_0() {
    let mut bytes = bytes_of(&tagged());
    bytes[2..4].copy_from_slice(&77u16.to_ne_bytes());
    assert_eq!(Tagged::view(&bytes).status(), forms::Status::Known);
}

/// Reads all there is.
fn read_all(bytes: &[u8]) -> usize {
    let texts = [
        format!("{0} {0:?} {1:?}", Tagged::view(bytes), Tagged::view(bytes).to_owned()),
        format!("{0} {0:?} {1:?}", Answer::view(bytes), Answer::view(bytes).to_owned()),
        format!("{0} {0:?} {1:?}", Names::view(bytes), Names::view(bytes).to_owned()),
        format!("{0} {0:?} {1:?}", Numbers::view(bytes), Numbers::view(bytes).to_owned()),
        format!("{0} {0:?} {1:?}", Bare::view(bytes), Bare::view(bytes).to_owned()),
        format!("{0} {0:?} {1:?}", Name::view(bytes), Name::view(bytes).to_owned()),
        format!("{:?} {:?}", Tagged::view(bytes).name_c_str(), Name::view(bytes).name_c_str()),
    ];
    texts.iter().map(String::len).sum()
}

/// What is accepted can be read, and goes on as it came.
fn unharmed<T>(bytes: &[u8], owned: impl Fn(T::View<'_>) -> T) -> Result<bool, TestCaseError>
where
    T: WireMessage + PartialEq + std::fmt::Debug,
{
    let Ok(view) = T::decode(bytes) else { return Ok(false) };
    let first = owned(view);
    let again = bytes_of(&first);
    prop_assert_eq!(T::decode(&again).map(owned), Ok(first));
    Ok(true)
}

fn whole(bytes: &[u8]) -> Result<(), TestCaseError> {
    unharmed::<Tagged>(bytes, |view| view.to_owned())?;
    unharmed::<Answer>(bytes, |view| view.to_owned())?;
    unharmed::<Names>(bytes, |view| view.to_owned())?;
    unharmed::<Numbers>(bytes, |view| view.to_owned())?;
    unharmed::<Bare>(bytes, |view| view.to_owned())?;
    unharmed::<Name>(bytes, |view| view.to_owned())?;
    Ok(())
}

fn samples() -> Vec<Vec<u8>> {
    let bare = Bare { number: 3, tags: tagged().tags };
    let numbers = Numbers { numbers: vec![forms::Number { number: 1 }, forms::Number { number: 2 }] };
    vec![
        bytes_of(&tagged()),
        bytes_of(&untagged()),
        bytes_of(&Answer { generation: 1, items: vec![tagged(), untagged()] }),
        bytes_of(&names(&["a", "bcdefgh", "c"])),
        bytes_of(&numbers),
        bytes_of(&bare),
    ]
}

#[test]
#[cfg_attr(miri, ignore = "too many cases to interpret; others go the same ways")]
fn one_changed_byte_of_any_message_does_no_harm() {
    for sample in samples() {
        whole(&sample).expect("it is right");
        for at in 0..sample.len() {
            for value in [0, 1, 2, 7, 8, 16, 31, 32, 64, 127, 128, 254, 255, !sample[at], sample[at] ^ 1] {
                let mut bytes = sample.clone();
                bytes[at] = value;
                whole(&bytes).unwrap_or_else(|error| panic!("{value} at {at}: {error}"));
                assert!(read_all(&bytes) > 0);
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many cases to interpret; others go the same ways")]
fn a_message_cut_anywhere_does_no_harm() {
    for sample in samples() {
        for len in 0..sample.len() {
            whole(&sample[..len]).unwrap_or_else(|error| panic!("{len} bytes: {error}"));
            assert!(read_all(&sample[..len]) > 0);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        whole(&bytes)?;
        prop_assert!(read_all(&bytes) > 0);
    }

    #[test]
    fn small_numbers_can_be_looked_at(bytes in proptest::collection::vec(prop_oneof![4 => Just(0u8), 3 => 0u8..64, 1 => any::<u8>()], 0..160)) {
        whole(&bytes)?;
        prop_assert!(read_all(&bytes) > 0);
    }
}
