//! What becomes of a call, case by case.

use super::*;

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
fn another_generation_in_a_response_in_which_nothing_fitted_fails_the_call() {
    // Generation of each response, and how many of its items fit.
    for responses in [[(1, 1), (2, 0), (1, 1)], [(2, 0), (1, 1), (1, 1)]] {
        let mut responses = responses.into_iter();
        let error = fails(&["/a", "/b", "/c"], &mut |request, _| {
            let (generation, fitting) = responses.next().expect("three are enough");
            Ok(respond(request, generation, |index| {
                if index < fitting { PathStatus::Known } else { PathStatus::PayloadExceeded }
            }))
        });
        assert_eq!(error, LookupError::GenerationChanged { field: "generation" });
    }
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
