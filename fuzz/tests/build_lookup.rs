//! The builder of a lookup's response against a model: `docs/contract/messages.md`, "Lookup outcomes that the library
//! itself produces", word by word.

use netipc::codec::EncodeRow;
use netipc::messages::CgroupLookupItemRef;
use netipc::messages::{
    CgroupLookupItem, CgroupPath, CgroupsLookup, CgroupsLookupBuilder, CgroupsLookupRequest, Label, LabelRef,
    Orchestrator, PathStatus,
};
use netipc::{Encode, EncodeError, MessageBuilder};
use netipc_fuzz::bolero::TypeGenerator;
use netipc_fuzz::{bolero, encoded};

#[derive(Debug, TypeGenerator)]
struct Entry {
    path: u8,
    name: u8,
    labels: u8,
    known: bool,
}

fn text(letter: char, len: u8) -> String {
    letter.to_string().repeat(usize::from(len % 48))
}

fn item(entry: &Entry) -> CgroupLookupItem {
    let path = format!("/{}", text('p', entry.path)).into();
    let label = Label { key: "key".into(), value: text('v', entry.name).into() };
    if entry.known {
        let (name, labels) = (text('n', entry.name).into(), vec![label; usize::from(entry.labels % 4)]);
        CgroupLookupItem { status: PathStatus::Known, orchestrator: Orchestrator::Docker, path, name, labels }
    } else {
        marker(path, PathStatus::UnknownRetryLater)
    }
}

fn marker(path: netipc::WireString, status: PathStatus) -> CgroupLookupItem {
    CgroupLookupItem {
        status,
        orchestrator: Orchestrator::Unknown,
        path,
        name: "".into(),
        labels: Vec::new(),
    }
}

fn response(items: Vec<CgroupLookupItem>) -> CgroupsLookup {
    CgroupsLookup { generation: 7, items }
}

/// The items so far and a marker for each later key.
fn fits(done: &[CgroupLookupItem], later: &[CgroupLookupItem], limit: usize) -> bool {
    let later = later.iter().map(|item| marker(item.path.clone(), PathStatus::PayloadExceeded));
    response(done.iter().cloned().chain(later).collect()).encoded_len() <= limit
}

/// What the contract says becomes of these items.
fn model(items: &[CgroupLookupItem], limit: usize) -> Option<CgroupsLookup> {
    if !fits(&[], items, limit) {
        return None;
    }
    let (mut done, mut full) = (Vec::new(), false);
    for (index, item) in items.iter().enumerate() {
        done.push(item.clone());
        if full || !fits(&done, &items[index + 1..], limit) {
            full |= index > 0;
            let status = if index == 0 { PathStatus::OversizedItem } else { PathStatus::PayloadExceeded };
            done[index] = marker(item.path.clone(), status);
        }
    }
    Some(response(done))
}

fn check((limit, entries): &(u16, Vec<Entry>)) {
    let limit = usize::from(*limit % 2_048);
    let items: Vec<_> = entries.iter().map(item).collect();
    let paths = items.iter().map(|item| CgroupPath { path: item.path.clone() }).collect();
    let request = encoded(&CgroupsLookupRequest { paths });
    let mut buffer = vec![0xAA; limit];
    let mut builder = CgroupsLookupBuilder::answering(&mut buffer, &request);
    builder.generation(7);
    for item in &items {
        let labels: Vec<_> = item
            .labels
            .iter()
            .map(|label| LabelRef { key: label.string(0), value: label.string(1) })
            .collect();
        let CgroupLookupItem { status, orchestrator, path, name, .. } = item;
        let _ = builder.items().push(CgroupLookupItemRef {
            status: *status,
            orchestrator: *orchestrator,
            path,
            name,
            labels: &labels,
        });
    }
    match (builder.finish(), model(&items, limit)) {
        (Ok(len), Some(expected)) => assert_eq!(buffer[..len], encoded(&expected)),
        (Err(EncodeError::Overflow { .. }), None) => {}
        (built, expected) => panic!("{built:?} where {expected:?} was expected"),
    }
}

netipc_fuzz::target_of_values!(build_lookup, check);
