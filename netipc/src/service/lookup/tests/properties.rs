//! What holds for all keys, limits and providers.

use proptest::prelude::*;

use super::*;

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

/// The statuses that a provider may give, as numbers to choose from.
const STATUSES: [PathStatus; 5] = [
    PathStatus::Known,
    PathStatus::UnknownRetryLater,
    PathStatus::UnknownPermanent,
    PathStatus::PayloadExceeded,
    PathStatus::OversizedItem,
];

proptest! {
    #[test]
    fn whatever_a_provider_answers_the_call_ends_with_an_item_for_every_key_or_an_error(
        count in 0usize..40,
        statuses in proptest::collection::vec(0usize..5, 1..60),
        refusals in proptest::collection::vec(proptest::bool::weighted(0.2), 1..10),
    ) {
        let keys = paths(count);
        let (mut statuses, mut refusals) = (statuses.iter().cycle(), refusals.iter().cycle());
        // A provider that only ever refuses is an overflow, which is the client's to report.
        let mut refused = 0;
        let mut provider = |request: &[u8], limit: usize| {
            if refused < 20 && *refusals.next().expect("it never ends") && asked(request) > 1 {
                refused += 1;
                return Err(EncodeError::Overflow { needed: limit + 1, available: limit });
            }
            let chosen: Vec<_> =
                (0..asked(request)).map(|_| STATUSES[*statuses.next().expect("it never ends")]).collect();
            Ok(respond(request, 1, |index| chosen[index]))
        };
        let limits = constant(1_024, 4_096);
        if let Ok((_, found, cost)) = look_up(&mut Memory::default(), &keys, CEILINGS, limits, &mut provider) {
            prop_assert!(found.iter().map(|(_, path, _)| path).eq(&keys));
            prop_assert!(found.iter().all(|(status, ..)| *status != PathStatus::PayloadExceeded));
            prop_assert!(cost.messages <= 4_096);
        }
    }
}

/// How many keys a request has.
fn asked(request: &[u8]) -> usize {
    CgroupsLookupRequest::view(request).paths().len()
}
