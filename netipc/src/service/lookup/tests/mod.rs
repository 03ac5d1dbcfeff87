//! Lookups against a model of a provider, without a socket.

mod outcomes;
mod properties;

use netipc_codec::{DecodeError, EncodeError, MessageBuilder};

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
