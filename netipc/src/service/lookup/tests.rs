//! Lookups against a model of a provider, without a socket.

use netipc_codec::{DecodeError, EncodeError, MessageBuilder};
use proptest::prelude::*;

use super::*;
use crate::messages::{
    CgroupLookupItem, CgroupLookupItemRef, CgroupPathRef, CgroupsLookup, CgroupsLookupBuilder,
    CgroupsLookupRequest, Orchestrator, PathStatus,
};

const CEILINGS: Ceilings = Ceilings { keys: 65_536, messages: 4_096, stitched_bytes: 64 << 20 };

/// What a provider answers to a request, in a buffer of its limit.
type Answering<'a> = dyn FnMut(&[u8], usize) -> Result<Vec<u8>, EncodeError> + 'a;

/// What it took.
#[derive(Debug, Default)]
struct Cost {
    messages: usize,
    keys: usize,
    refused: usize,
}

/// An item of the answer: its status, its path, its name.
type Found = (PathStatus, String, String);

/// Drives a lookup as a client does whose session never grows.
fn look_up(
    memory: &mut Memory,
    keys: &[impl AsRef<[u8]>],
    ceilings: Ceilings,
    mut limits: impl FnMut() -> Limits,
    provider: &mut Answering<'_>,
) -> Result<(u64, Vec<Found>, Cost), LookupError> {
    let keys: Vec<_> = keys.iter().map(|path| CgroupPathRef { path: path.as_ref() }).collect();
    let mut lookup = Lookup::<CgroupsLookup>::new(memory, &keys, ceilings)?;
    let (mut cost, mut last) = (Cost::default(), Vec::new());
    let stitched = loop {
        let limits = limits();
        let request = match lookup.next(limits)? {
            Step::Send(request) => request,
            Step::Whole => break false,
            Step::Stitched => break true,
        };
        assert!(request.len() <= limits.request, "{} bytes in {limits:?}", request.len());
        let asked = CgroupsLookupRequest::decode(request).expect("requests are valid").paths().len();
        cost.messages += 1;
        cost.keys += asked;
        match provider(request, limits.response) {
            Ok(response) => {
                last = response;
                CgroupsLookup::check(&last).expect("the model's responses are valid");
                lookup.take(&last)?;
            }
            Err(EncodeError::Overflow { .. }) => {
                cost.refused += 1;
                lookup.stop_growing();
                assert!(
                    lookup.halve() || lookup.give_up(limits)?,
                    "a marker always fits, or the key is given up"
                );
            }
            Err(error) => panic!("{error}"),
        }
    };
    let bytes = if stitched { memory.stitched() } else { &last[..] };
    let view = CgroupsLookup::view(bytes);
    let found =
        view.items().iter().map(|item| (item.status(), item.path().to_string(), item.name().to_string()));
    Ok((view.generation(), found.collect(), cost))
}

/// A provider that knows every path, under a name of so many bytes; paths without a name are unknown.
fn provider(
    name_len: impl Fn(&[u8]) -> Option<usize>,
) -> impl FnMut(&[u8], usize) -> Result<Vec<u8>, EncodeError> {
    let names = "n".repeat(1 << 20);
    move |request, limit| {
        let mut buffer = vec![0; limit];
        let mut builder = CgroupsLookupBuilder::answering(&mut buffer, request);
        builder.generation(7);
        for key in CgroupsLookupRequest::view(request).paths() {
            let len = name_len(key.path());
            // What does not even have room for its markers fails in the end.
            let _ = builder.items().push(CgroupLookupItemRef {
                status: if len.is_some() { PathStatus::Known } else { PathStatus::UnknownPermanent },
                path: key.path(),
                name: &names.as_bytes()[..len.unwrap_or(0)],
                ..CgroupLookupItemRef::default()
            });
        }
        let len = builder.finish()?;
        buffer.truncate(len);
        Ok(buffer)
    }
}

fn constant(request: usize, response: usize) -> impl Fn() -> Limits {
    move || Limits { request, response }
}

fn paths(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("/{index}")).collect()
}

/// The length of an item.
fn item_len(path: usize, name: usize) -> usize {
    28 + path + 1 + name + 1
}

/// What becomes of a key with these limits.
fn expected(path: &str, name: Option<usize>, limits: Limits) -> Found {
    let too_long = 16 + 8 + path.len() + 1 > limits.request;
    let too_large = 16 + 8 + item_len(path.len(), name.unwrap_or(0)) > limits.response;
    match name {
        _ if too_long || too_large => (PathStatus::OversizedItem, path.to_owned(), String::new()),
        Some(len) => (PathStatus::Known, path.to_owned(), "n".repeat(len)),
        None => (PathStatus::UnknownPermanent, path.to_owned(), String::new()),
    }
}

#[derive(Clone, Debug)]
struct Key {
    path: String,
    name: Option<usize>,
}

fn some_keys() -> impl Strategy<Value = Vec<Key>> {
    let path = prop_oneof![8 => 1usize..30, 1 => 30usize..400];
    let name =
        prop_oneof![4 => (0usize..60).prop_map(Some), 1 => (60usize..600).prop_map(Some), 1 => Just(None)];
    let key = (path, name, any::<u16>())
        .prop_map(|(len, name, salt)| Key { path: format!("/{salt}{}", "p".repeat(len)), name });
    proptest::collection::vec(key, 0..80)
}

/// Duplicates are legal, but a provider that is a function of the path gives them one name.
fn name_of(keys: &[Key]) -> impl Fn(&[u8]) -> Option<usize> + '_ {
    |path| keys.iter().find(|key| key.path.as_bytes() == path).expect("it was asked for").name
}

proptest! {
    #[test]
    fn every_key_gets_its_item_in_order_whatever_the_limits(
        keys in some_keys(),
        request in 16usize..3_000,
        response in 16usize..5_000,
    ) {
        let limits = Limits { request, response };
        let texts: Vec<_> = keys.iter().map(|key| &key.path).collect();
        let name = name_of(&keys);
        let (generation, found, _) =
            look_up(&mut Memory::default(), &texts, CEILINGS, || limits, &mut provider(&name)).expect("it ends well");
        prop_assert_eq!(generation, 7);
        let expected: Vec<_> =
            texts.iter().map(|path| expected(path, name(path.as_bytes()), limits)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn limits_that_change_from_message_to_message_lose_nothing(
        keys in some_keys(),
        sizes in proptest::collection::vec((500usize..3_000, 1_500usize..5_000), 1..8),
    ) {
        let texts: Vec<_> = keys.iter().map(|key| &key.path).collect();
        let name = name_of(&keys);
        let mut next = sizes.iter().cycle();
        let limits = || {
            let (request, response) = *next.next().expect("it never ends");
            Limits { request, response }
        };
        let (_, found, _) =
            look_up(&mut Memory::default(), &texts, CEILINGS, limits, &mut provider(&name)).expect("it ends well");
        // All of them fit all of these limits.
        let roomy = Limits { request: 500, response: 1_500 };
        let expected: Vec<_> =
            texts.iter().map(|path| expected(path, name(path.as_bytes()), roomy)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn memory_of_past_calls_changes_no_answer(
        calls in proptest::collection::vec((some_keys(), 64usize..3_000, 128usize..5_000), 1..4),
    ) {
        let mut memory = Memory::default();
        for (keys, request, response) in calls {
            let limits = Limits { request, response };
            let texts: Vec<_> = keys.iter().map(|key| &key.path).collect();
            let name = name_of(&keys);
            let (_, found, _) =
                look_up(&mut memory, &texts, CEILINGS, || limits, &mut provider(&name)).expect("it ends well");
            let expected: Vec<_> =
                texts.iter().map(|path| expected(path, name(path.as_bytes()), limits)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_keys_that_are_sent_grow_with_the_keys_whatever_the_items(
        names in proptest::collection::vec(0usize..2_000, 1..300),
    ) {
        let keys: Vec<_> = (0..names.len()).map(|index| format!("/{index}")).collect();
        let name = |path: &[u8]| {
            let index: usize = std::str::from_utf8(&path[1..]).expect("ASCII").parse().expect("a number");
            Some(names[index])
        };
        let limits = constant(1 << 20, 8_192);
        let (.., cost) = look_up(&mut Memory::default(), &keys, CEILINGS, limits, &mut provider(name)).expect("it ends well");
        // One for itself, two for what was too much in a round, and what the first round asked too much.
        prop_assert!(cost.keys <= 3 * keys.len() + 110, "{:?}", cost);
    }
}

/// Numbers that look random and are the same every time.
fn scatter(index: usize) -> usize {
    (index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) & 0xffff
}

/// The length of the name of the key with this number.
type Shape = fn(usize) -> Option<usize>;

#[test]
fn a_full_call_over_64_kib_sends_at_most_a_tenth_more_keys_than_were_asked() {
    let shapes: [(&str, Shape); 7] = [
        ("unknown", |_| None),
        ("equal", |_| Some(100)),
        ("scattered", |index| Some(scatter(index) % 300)),
        ("known and unknown", |index| scatter(index).is_multiple_of(2).then_some(150)),
        ("mostly small, some huge", |index| Some(if scatter(index).is_multiple_of(50) { 3_000 } else { 20 })),
        ("growing", |index| Some(index / 256)),
        ("in blocks", |index| (index / 8_192).is_multiple_of(2).then_some(120)),
    ];
    let keys = paths(65_536);
    for (shape, name) in shapes {
        let name = move |path: &[u8]| {
            name(std::str::from_utf8(&path[1..]).expect("ASCII").parse().expect("a number"))
        };
        let limits = constant(1 << 20, 65_536);
        let (_, found, cost) = look_up(&mut Memory::default(), &keys, CEILINGS, limits, &mut provider(name))
            .expect("it ends well");
        assert_eq!(found.len(), keys.len());
        assert!(found.iter().zip(&keys).all(|((status, path, _), key)| {
            path == key && *status != PathStatus::PayloadExceeded && *status != PathStatus::OversizedItem
        }));
        assert!(cost.keys * 10 <= keys.len() * 11, "{shape}: {cost:?}");
        assert_eq!(cost.refused, 0, "{shape}");
    }
}

#[test]
fn a_call_that_fits_in_one_message_is_that_message() {
    let mut memory = Memory::default();
    let (_, found, cost) =
        look_up(&mut memory, &paths(100), CEILINGS, constant(65_536, 65_536), &mut provider(|_| Some(10)))
            .expect("it ends well");
    assert_eq!((found.len(), cost.messages), (100, 1));
    assert!(memory.stitched().is_empty(), "nothing was copied");
}

#[test]
fn no_keys_are_an_empty_request() {
    let (generation, found, cost) =
        look_up(&mut Memory::default(), &paths(0), CEILINGS, constant(1_024, 1_024), &mut provider(|_| None))
            .expect("it ends well");
    assert_eq!((generation, found.len(), cost.messages, cost.keys), (7, 0, 1, 0));
}

#[test]
fn keys_too_long_for_any_request_are_oversized_and_an_empty_request_learns_the_generation() {
    let long = "p".repeat(1_000);
    let (generation, found, cost) = look_up(
        &mut Memory::default(),
        &[&long, &long],
        CEILINGS,
        constant(1_024, 65_536),
        &mut provider(|_| None),
    )
    .expect("it ends well");
    let oversized = (PathStatus::OversizedItem, long, String::new());
    assert_eq!(found, [oversized.clone(), oversized]);
    assert_eq!((generation, cost.messages, cost.keys), (7, 1, 0));
}

#[test]
fn a_key_too_long_for_any_request_does_not_keep_others_from_sharing_one() {
    let long = "p".repeat(1_000);
    let (_, found, cost) = look_up(
        &mut Memory::default(),
        &["/a", &long, "/b"],
        CEILINGS,
        constant(1_024, 65_536),
        &mut provider(|_| Some(3)),
    )
    .expect("it ends well");
    let statuses: Vec<_> = found.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [PathStatus::Known, PathStatus::OversizedItem, PathStatus::Known]);
    assert_eq!((cost.messages, cost.keys), (1, 2));
}

#[test]
fn a_key_whose_marker_fits_no_response_is_oversized_and_the_others_are_not_affected() {
    let long = "p".repeat(600);
    let (_, found, _) = look_up(
        &mut Memory::default(),
        &["/a", &long, "/b"],
        CEILINGS,
        constant(65_536, 512),
        &mut provider(|_| Some(3)),
    )
    .expect("it ends well");
    let statuses: Vec<_> = found.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [PathStatus::Known, PathStatus::OversizedItem, PathStatus::Known]);
}

#[test]
fn an_item_that_is_oversized_in_first_place_is_asked_for_alone() {
    let mut requests = Vec::new();
    // Alone it fits exactly; with the marker of the other key it does not.
    let limit = 16 + 8 + item_len(2, 100);
    let mut model = provider(|_| Some(100));
    let mut noting = |request: &[u8], limit: usize| {
        requests.push(CgroupsLookupRequest::view(request).paths().len());
        model(request, limit)
    };
    let mut memory = Memory { estimate: learned(0), ..Memory::default() };
    let (_, found, _) = look_up(&mut memory, &["/a", "/b"], CEILINGS, constant(1_024, limit), &mut noting)
        .expect("it ends well");
    assert_eq!(requests, [2, 1, 1]);
    assert!(found.iter().all(|(status, ..)| *status == PathStatus::Known), "{found:?}");
}

fn learned(extra: usize) -> Estimate {
    let mut estimate = Estimate::default();
    estimate.learn(extra, 1);
    estimate
}

#[test]
fn an_item_that_is_oversized_alone_is_final() {
    let (_, found, _) = look_up(
        &mut Memory::default(),
        &["/a", "/b"],
        CEILINGS,
        constant(1_024, 1_024),
        &mut provider(|path| Some(if path == b"/a" { 2_000 } else { 5 })),
    )
    .expect("it ends well");
    let statuses: Vec<_> = found.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [PathStatus::OversizedItem, PathStatus::Known]);
}

/// A response of these statuses for the keys of the request, which says what it likes.
fn respond(request: &[u8], generation: u64, statuses: impl Fn(usize) -> PathStatus) -> Vec<u8> {
    let keys = CgroupsLookupRequest::view(request).paths();
    let items = keys.iter().enumerate().map(|(index, key)| CgroupLookupItem {
        status: statuses(index),
        orchestrator: Orchestrator::Unknown,
        path: key.path().into(),
        name: "".into(),
        labels: Vec::new(),
    });
    encoded(&CgroupsLookup { generation, items: items.collect() })
}

fn encoded(response: &CgroupsLookup) -> Vec<u8> {
    let mut bytes = vec![0; response.encoded_len()];
    response.encode(&mut bytes).expect("it is valid");
    bytes
}

fn fails(keys: &[&str], provider: &mut Answering<'_>) -> LookupError {
    look_up(&mut Memory::default(), keys, CEILINGS, constant(1_024, 65_536), provider)
        .expect_err("it must not work")
}

#[test]
fn another_generation_in_a_later_response_fails_the_call() {
    let mut generation = 0;
    let error = fails(&["/a", "/b"], &mut |request, _| {
        generation += 1;
        Ok(respond(request, generation, |index| match index {
            0 => PathStatus::Known,
            _ => PathStatus::PayloadExceeded,
        }))
    });
    assert_eq!(error, LookupError::GenerationChanged { field: "generation" });
    assert!(error.is_transient());
}

#[test]
fn another_number_of_items_fails_the_call() {
    let error = fails(&["/a", "/b"], &mut |request, _| {
        let mut response = CgroupsLookup::view(&respond(request, 1, |_| PathStatus::Known)).to_owned();
        response.items.pop();
        Ok(encoded(&response))
    });
    assert_eq!(error, LookupError::WrongItemCount { expected: 2, found: 1 });
    assert!(!error.is_transient());
}

#[test]
fn a_wrong_echo_fails_the_call_also_behind_a_payload_exceeded() {
    for status in [PathStatus::Known, PathStatus::PayloadExceeded] {
        let error = fails(&["/a", "/b", "/c"], &mut |request, _| {
            let statuses = |index| if index == 0 { PathStatus::Known } else { status };
            let mut response = CgroupsLookup::view(&respond(request, 1, statuses)).to_owned();
            response.items[2].path = "/b".into();
            Ok(encoded(&response))
        });
        assert_eq!(error, LookupError::WrongEcho { index: 2 });
    }
}

#[test]
fn an_item_behind_a_payload_exceeded_fails_the_call() {
    for status in [PathStatus::Known, PathStatus::UnknownPermanent, PathStatus::OversizedItem] {
        let error = fails(&["/a", "/b", "/c"], &mut |request, _| {
            Ok(respond(request, 1, |index| match index {
                0 => PathStatus::Known,
                1 => PathStatus::PayloadExceeded,
                _ => status,
            }))
        });
        assert_eq!(error, LookupError::NotExceeded { index: 2 });
    }
}

#[test]
fn without_progress_fewer_keys_are_asked_for_and_with_one_the_call_fails() {
    let mut asked = Vec::new();
    let keys = paths(9);
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let error = fails(&keys, &mut |request, _| {
        asked.push(CgroupsLookupRequest::view(request).paths().len());
        Ok(respond(request, 1, |_| PathStatus::PayloadExceeded))
    });
    assert_eq!(error, LookupError::NoProgress { index: 0 });
    assert_eq!(asked, [9, 4, 2, 1]);
}

#[test]
fn a_key_asked_for_alone_that_is_exceeded_fails_the_call() {
    let error = fails(&["/a", "/b"], &mut |request, _| {
        let alone = CgroupsLookupRequest::view(request).paths().len() == 1;
        Ok(respond(request, 1, |index| match index {
            0 if alone => PathStatus::PayloadExceeded,
            0 => PathStatus::OversizedItem,
            _ => PathStatus::Known,
        }))
    });
    assert_eq!(error, LookupError::NoProgress { index: 0 });
}

#[test]
fn oversized_in_another_than_the_first_place_is_believed() {
    let (_, found, cost) = look_up(
        &mut Memory::default(),
        &["/a", "/b", "/c"],
        CEILINGS,
        constant(1_024, 65_536),
        &mut |request, _| {
            Ok(respond(request, 1, |index| match index {
                1 => PathStatus::OversizedItem,
                _ => PathStatus::Known,
            }))
        },
    )
    .expect("it ends well");
    let statuses: Vec<_> = found.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [PathStatus::Known, PathStatus::OversizedItem, PathStatus::Known]);
    assert_eq!(cost.messages, 1);
}

#[test]
fn what_cannot_be_a_key_fails_the_call_before_anything_is_sent() {
    for bad in ["", "/a\0b"] {
        let error = fails(&["/a", bad], &mut |_, _| panic!("nothing is sent"));
        assert!(
            matches!(error, LookupError::Key { index: 1, source: EncodeError::Rule(DecodeError { .. }) }),
            "{error:?}"
        );
    }
}

#[test]
fn duplicate_keys_are_legal() {
    let (_, found, _) = look_up(
        &mut Memory::default(),
        &["/a", "/a", "/a"],
        CEILINGS,
        constant(1_024, 200),
        &mut provider(|_| Some(60)),
    )
    .expect("it ends well");
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|(status, path, _)| (*status, &path[..]) == (PathStatus::Known, "/a")));
}

#[test]
fn more_keys_than_a_call_may_have_are_refused_before_anything_is_sent() {
    let ceilings = Ceilings { keys: 3, ..CEILINGS };
    let found = look_up(&mut Memory::default(), &paths(4), ceilings, constant(1_024, 1_024), &mut |_, _| {
        panic!("nothing is sent")
    });
    assert_eq!(found.expect_err("one too many"), LookupError::TooManyKeys { keys: 4, limit: 3 });
    let found =
        look_up(&mut Memory::default(), &paths(3), ceilings, constant(1_024, 1_024), &mut provider(|_| None));
    assert_eq!(found.expect("exactly as many").1.len(), 3);
}

#[test]
fn a_call_ends_at_its_ceiling_of_messages() {
    // Each message has room for one item, and no key is answered in first place only.
    let limits = constant(1_024, 16 + 8 + item_len(2, 100));
    for (messages, works) in [(4, true), (3, false)] {
        let mut sent = 0;
        let mut model = provider(|_| Some(100));
        let found = look_up(
            &mut Memory { estimate: learned(1_000), ..Memory::default() },
            &paths(4),
            Ceilings { messages, ..CEILINGS },
            &limits,
            &mut |request, limit| {
                sent += 1;
                model(request, limit)
            },
        );
        assert_eq!(sent, messages);
        assert_eq!(
            found.map(|_| ()),
            if works { Ok(()) } else { Err(LookupError::TooManyMessages { limit: 3 }) }
        );
    }
}

#[test]
fn stitched_items_end_at_their_ceiling_exactly() {
    let limits = constant(1_024, 16 + 8 + item_len(2, 100));
    // Two items; the second one, at a multiple of 8, is not padded.
    let all = 16 + 2 * 8 + item_len(2, 100).next_multiple_of(8) + item_len(2, 100);
    for (stitched_bytes, works) in [(all, true), (all - 1, false)] {
        let found = look_up(
            &mut Memory { estimate: learned(1_000), ..Memory::default() },
            &paths(2),
            Ceilings { stitched_bytes, ..CEILINGS },
            &limits,
            &mut provider(|_| Some(100)),
        );
        let expected = if works { Ok(()) } else { Err(LookupError::TooLarge { bytes: all, limit: all - 1 }) };
        assert_eq!(found.map(|_| ()), expected);
    }
}

#[test]
fn what_is_stitched_in_order_is_a_valid_response() {
    let mut memory = Memory::default();
    let limits = constant(1_024, 1_024);
    look_up(&mut memory, &paths(200), CEILINGS, limits, &mut provider(|_| Some(30))).expect("it ends well");
    let response = CgroupsLookup::decode(memory.stitched()).expect("it is one");
    assert_eq!((response.items().len(), response.generation()), (200, 7));
}
