//! Responses to lookups, against a naive model of "Lookup outcomes" in `docs/contract/messages.md`.

mod forms;

use forms::{
    Answer, AnswerBuilder, Name, Names, Shape, Status, Tag, TagRef, Tagged, TaggedRef, bytes_of, names, tag,
};
use netipc_codec::{
    Encode, EncodeError, LookupItem, LookupResponse, Marker, MessageBuilder, Rule, WireMessage,
};
use proptest::prelude::*;

/// The item that stands for one which is not there, written by hand.
fn marker(name: &str, status: Status) -> Tagged {
    Tagged { status, shape: Shape::Round, number: 7, name: name.into(), note: "".into(), tags: vec![] }
}

fn item(name: &str, note: &str, tags: usize) -> Tagged {
    Tagged {
        status: Status::Known,
        shape: Shape::Round,
        number: 1,
        name: name.into(),
        note: note.into(),
        tags: vec![tag("k", "value"); tags],
    }
}

/// Where items of these lengths end, each at a multiple of 8.
fn packed(lengths: impl IntoIterator<Item = usize>) -> usize {
    lengths.into_iter().fold(0, |end, length| end.next_multiple_of(8) + length)
}

/// What the contract says: the items of the response, or `None` where not even the markers fit.
fn model(items: &[Tagged], limit: usize) -> Option<Vec<Tagged>> {
    let name = |item: &Tagged| item.name.to_string();
    let fixed = 12 + 8 * items.len();
    let markers: Vec<_> = items.iter().map(|item| marker(&name(item), Status::Full).encoded_len()).collect();
    if fixed + packed(markers.iter().copied()) > limit {
        return None;
    }
    let mut response: Vec<Tagged> = Vec::new();
    let mut full = false;
    for (index, item) in items.iter().enumerate() {
        let so_far = response.iter().map(Encode::encoded_len);
        let all = packed(so_far.chain([item.encoded_len()]).chain(markers[index + 1..].iter().copied()));
        // Its count has one byte.
        let fits = item.tags.len() <= 255 && fixed + all <= limit;
        if fits && !full {
            response.push(item.clone());
        } else if index == 0 {
            response.push(marker(&name(item), Status::Large));
        } else {
            full = true;
            response.push(marker(&name(item), Status::Full));
        }
    }
    Some(response)
}

fn request_of(items: &[Tagged]) -> Vec<u8> {
    let texts: Vec<_> = items.iter().map(|item| item.name.to_string()).collect();
    bytes_of(&names(&texts.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn push(builder: &mut AnswerBuilder<'_>, item: &Tagged) -> Result<(), EncodeError> {
    let tags: Vec<_> =
        item.tags.iter().map(|tag: &Tag| TagRef { key: &tag.key, value: &tag.value }).collect();
    builder.items().push(TaggedRef {
        status: item.status,
        shape: item.shape,
        number: item.number,
        name: &item.name,
        note: &item.note,
        tags: &tags,
    })
}

/// The bytes that the builder makes of these items in a buffer of `limit`.
fn built(items: &[Tagged], limit: usize) -> Result<Vec<u8>, EncodeError> {
    let request = request_of(items);
    Names::decode(&request).expect("it was encoded just now");
    let mut buffer = vec![0xAA; limit];
    let mut builder = AnswerBuilder::answering(&mut buffer, &request);
    builder.generation(9);
    for item in items {
        // An error is remembered and comes back from `finish`.
        let _ = push(&mut builder, item);
    }
    let len = builder.finish()?;
    buffer.truncate(len);
    Ok(buffer)
}

fn agrees(items: &[Tagged], limit: usize) -> Result<(), TestCaseError> {
    match (model(items, limit), built(items, limit)) {
        (Some(items), Ok(bytes)) => {
            prop_assert_eq!(&bytes, &bytes_of(&Answer { generation: 9, items }), "in {} bytes", limit);
        }
        (None, Err(EncodeError::Overflow { needed, available })) => {
            prop_assert!(available == limit && needed > limit, "{} in {}", needed, available);
        }
        (expected, found) => prop_assert!(false, "in {} bytes {:?}, not {:?}", limit, found, expected),
    }
    Ok(())
}

fn some_items() -> impl Strategy<Value = Vec<Tagged>> {
    let tags = prop_oneof![8 => 0usize..4, 1 => 255usize..258];
    let item = ("[a-z]{1,8}", "[a-z]{0,40}", tags, 0u8..4).prop_map(|(name, note, tags, kind)| match kind {
        0 => marker(&name, Status::Unknown),
        _ => item(&name, &note, tags),
    });
    proptest::collection::vec(item, 0..6)
}

proptest! {
    #[test]
    fn items_in_a_buffer_of_any_size_are_what_the_contract_says(items in some_items(), limit in 0usize..700) {
        agrees(&items, limit)?;
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret; others go the same ways")]
    fn items_in_a_buffer_of_about_their_size_are_what_the_contract_says(items in some_items()) {
        let all = Answer { generation: 9, items: items.clone() };
        let most = if items.iter().all(|item| item.tags.len() <= 255) { all.encoded_len() } else { 12_000 };
        for limit in most.saturating_sub(150)..most + 9 {
            agrees(&items, limit)?;
        }
    }

    #[test]
    fn a_response_decodes_and_echoes_its_keys(items in some_items(), limit in 0usize..700) {
        if let Ok(bytes) = built(&items, limit) {
            let view = Answer::decode(&bytes);
            let echoed: Vec<_> = view?.items().iter().map(|item| item.name().to_string()).collect();
            prop_assert_eq!(echoed, items.iter().map(|item| item.name.to_string()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn the_first_item_alone_is_oversized_and_the_next_ones_are_not_affected() {
    let items = [item("a", &"x".repeat(300), 0), item("b", "", 0), item("c", "y", 1)];
    let bytes = built(&items, 300).expect("the markers fit");
    let statuses: Vec<_> =
        Answer::decode(&bytes).expect("it is right").items().iter().map(|item| item.status()).collect();
    assert_eq!(statuses, [Status::Large, Status::Known, Status::Known]);
}

#[test]
fn from_the_first_item_that_does_not_fit_on_all_are_marked() {
    let items = [item("a", "", 0), item("b", &"x".repeat(300), 0), item("c", "", 0)];
    let bytes = built(&items, 300).expect("the markers fit");
    let statuses: Vec<_> =
        Answer::decode(&bytes).expect("it is right").items().iter().map(|item| item.status()).collect();
    assert_eq!(statuses, [Status::Known, Status::Full, Status::Full]);
}

#[test]
#[cfg_attr(miri, ignore = "too many cases to interpret; others go the same ways")]
fn an_item_with_more_rows_than_can_be_counted_goes_the_way_of_one_that_does_not_fit() {
    let items = [item("a", "", 256), item("b", "", 256), item("c", "", 0)];
    let bytes = built(&items, 1 << 20).expect("there is room");
    let statuses: Vec<_> =
        Answer::decode(&bytes).expect("it is right").items().iter().map(|item| item.status()).collect();
    assert_eq!(statuses, [Status::Large, Status::Full, Status::Full]);
}

#[test]
fn a_lookup_of_nothing_is_a_header() {
    assert_eq!(built(&[], 12).map(|bytes| bytes.len()), Ok(12));
    assert!(built(&[], 11).is_err());
}

#[test]
fn another_number_of_items_than_keys_fails_the_response() {
    let request = bytes_of(&names(&["a", "b"]));
    let mut buffer = [0; 500];
    let mut builder = AnswerBuilder::answering(&mut buffer, &request);
    push(&mut builder, &item("a", "", 0)).expect("it fits");
    assert_eq!(builder.finish(), Err(EncodeError::ItemCount { expected: 2, found: 1 }));

    let mut builder = AnswerBuilder::answering(&mut buffer, &request);
    push(&mut builder, &item("a", "", 0)).expect("it fits");
    push(&mut builder, &item("b", "", 0)).expect("it fits");
    let refused = push(&mut builder, &item("c", "", 0));
    assert_eq!(refused, Err(EncodeError::ItemCount { expected: 2, found: 3 }));
    assert_eq!(builder.finish(), refused.map(|()| 0));
}

#[test]
fn an_item_that_does_not_echo_its_key_fails_the_response() {
    let request = bytes_of(&names(&["a", "b"]));
    let mut buffer = [0; 500];
    let mut builder = AnswerBuilder::answering(&mut buffer, &request);
    push(&mut builder, &item("a", "", 0)).expect("it fits");
    let refused = push(&mut builder, &item("a", "", 0));
    assert_eq!(refused, Err(EncodeError::WrongEcho { index: 1 }));
    // What is right comes too late.
    assert_eq!(push(&mut builder, &item("b", "", 0)), refused);
    assert_eq!(builder.finish(), refused.map(|()| 0));
}

#[test]
fn an_item_that_breaks_a_rule_fails_the_response() {
    let request = bytes_of(&names(&["a"]));
    let broken = [
        (Tagged { number: 6, ..marker("a", Status::Unknown) }, "number"),
        (item("a", "x\0y", 0), "note"),
        (Tagged { tags: vec![tag("", "x")], ..item("a", "", 0) }, "key"),
    ];
    for (item, field) in broken {
        let mut buffer = [0; 500];
        let mut builder = AnswerBuilder::answering(&mut buffer, &request);
        let Err(EncodeError::Rule(error)) = push(&mut builder, &item) else { panic!("`{field}` is wrong") };
        assert_eq!(error.field(), field);
        assert_eq!(builder.finish(), Err(EncodeError::Rule(error)));
    }
}

#[test]
fn markers_obey_the_rules_of_their_message() {
    let request = bytes_of(&names(&["a"]));
    let key = Answer::keys(&request).get(0).expect("there is one");
    for (marked, status) in [(Marker::PayloadExceeded, Status::Full), (Marker::OversizedItem, Status::Large)]
    {
        let made = Tagged::marker(key, marked);
        assert_eq!(bytes_of(&made), bytes_of(&marker("a", status)));
        let bytes = bytes_of(&made);
        assert_eq!(Tagged::marker_of(Tagged::decode(&bytes).expect("it is right")), Some(marked));
        assert!(Tagged::echoes(&made, key));
    }
    let other = bytes_of(&item("b", "", 0));
    let other = Tagged::decode(&other).expect("it is right");
    assert_eq!(Tagged::marker_of(other), None);
}

#[test]
fn the_keys_of_a_request_are_there_for_whoever_answers() {
    let request = bytes_of(&names(&["a", "bc"]));
    let mut buffer = [0; 500];
    let mut builder = AnswerBuilder::answering(&mut buffer, &request);
    let keys = builder.items().keys().expect("it answers a request");
    assert_eq!(keys.iter().map(|key| key.name().to_string()).collect::<Vec<_>>(), ["a", "bc"]);
    assert!(AnswerBuilder::new(&mut [0; 12]).items().keys().is_none());
}

#[test]
fn a_response_encoded_from_a_struct_is_taken_as_it_is() {
    let sent = Answer { generation: 3, items: vec![item("b", "x", 1), item("a", "", 0)] };
    let bytes = bytes_of(&sent);
    assert_eq!(Answer::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
    let error = Answer::decode(&bytes[..bytes.len() - 1]).expect_err("the last item is cut");
    assert_eq!(error.rule(), Rule::ItemBounds);
}

#[test]
fn a_request_is_written_for_any_keys() {
    let mut buffer = [0xAA; 100];
    for keys in [&[][..], &["a"], &["a", "bc", "def"]] {
        let request = names(keys);
        let len = Answer::request(&mut buffer, request.names.iter()).expect("there is room");
        assert_eq!(buffer[..len], bytes_of(&request));
    }
    let request = names(&["a", "b"]);
    let len = request.encoded_len();
    assert!(Answer::request(&mut buffer[..len], request.names.iter()).is_ok());
    for short in 0..len {
        let refused = Answer::request(&mut buffer[..short], request.names.iter());
        assert!(matches!(refused, Err(EncodeError::Overflow { .. })), "in {short} bytes {refused:?}");
    }
    let no_key = Answer::request(&mut buffer, [Name { name: "".into() }].iter());
    assert!(matches!(no_key, Err(EncodeError::Rule(_))), "{no_key:?}");
}

#[test]
fn the_items_of_a_response_are_there_by_view_and_by_bytes_and_echo_their_keys() {
    let items = vec![item("a", "x", 1), item("b", "", 0)];
    let response = bytes_of(&Answer { generation: 3, items: items.clone() });
    let found = Answer::items(&response);
    assert_eq!(found.len(), 2);
    let request = bytes_of(&names(&["a", "b"]));
    for (index, key) in Answer::keys(&request).iter().enumerate() {
        assert_eq!(found.bytes(index), Some(&bytes_of(&items[index])[..]));
        assert!(Tagged::view_echoes(found.get(index).expect("it is there"), key));
        assert!(!Tagged::view_echoes(found.get(1 - index).expect("it is there"), key));
    }
    assert_eq!(found.bytes(2), None);
}
