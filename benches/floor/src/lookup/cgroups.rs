//! CGROUPS_LOOKUP.

use std::hint::black_box;

use netipc::codec::WireEnum;
use netipc::messages::{
    CgroupLookupItemRef, CgroupPathRef, CgroupsLookup, CgroupsLookupBuilder, CgroupsLookupRequest,
    CgroupsLookupRequestBuilder, LabelRef, Orchestrator, PathStatus,
};
use netipc::{MessageBuilder, WireMessage};

use super::data::Entry;
use super::{floor, sum};

/// What a round needs, made once.
#[derive(Debug)]
pub struct Round<'a> {
    entries: &'a [Entry],
    labels: Vec<Vec<LabelRef<'a>>>,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl<'a> Round<'a> {
    /// Buffers for these entries.
    #[must_use]
    pub fn new(entries: &'a [Entry]) -> Self {
        let label = |(key, value): &'a (Vec<u8>, Vec<u8>)| LabelRef { key, value };
        let labels = entries.iter().map(|entry| entry.labels.iter().map(label).collect()).collect();
        let room = 64 + entries.len() * 512;
        Self { entries, labels, request: vec![0; room], response: vec![0; room] }
    }

    /// By the generated code.
    ///
    /// # Panics
    /// Never: the buffers are large enough.
    pub fn generated(&mut self) -> u64 {
        let mut builder = CgroupsLookupRequestBuilder::new(&mut self.request);
        builder
            .paths()
            .extend(self.entries.iter().map(|entry| CgroupPathRef { path: &entry.path }))
            .expect("there is room");
        let len = builder.finish().expect("there is room");
        let request = black_box(&self.request[..len]);

        CgroupsLookupRequest::check(request).expect("it was encoded");
        let mut builder = CgroupsLookupBuilder::answering(&mut self.response, request);
        builder.generation(7);
        for (index, key) in CgroupsLookupRequest::view(request).paths().iter().enumerate() {
            let entry = &self.entries[index];
            let item = if entry.known {
                CgroupLookupItemRef {
                    status: PathStatus::Known,
                    orchestrator: Orchestrator::Docker,
                    path: key.path(),
                    name: &entry.name,
                    labels: &self.labels[index],
                }
            } else {
                CgroupLookupItemRef {
                    status: PathStatus::UnknownRetryLater,
                    path: key.path(),
                    ..CgroupLookupItemRef::default()
                }
            };
            builder.items().push(item).expect("there is room");
        }
        let len = builder.finish().expect("there is room");
        let response = black_box(&self.response[..len]);

        let view = CgroupsLookup::decode(response).expect("it was encoded");
        let mut total = view.generation();
        for item in view.items() {
            total += u64::from(item.status().to_wire()) + u64::from(item.orchestrator().to_wire());
            total += sum(item.path()) + sum(item.name());
            for label in item.labels() {
                total += sum(label.key()) + sum(label.value());
            }
        }
        total
    }

    /// By hand.
    ///
    /// # Panics
    /// Never: the buffers are large enough.
    pub fn floor(&mut self) -> u64 {
        let len = floor::cgroups::encode_request(self.entries, &mut self.request).expect("there is room");
        let request = black_box(&self.request[..len]);
        let len = floor::cgroups::answer(request, self.entries, &mut self.response).expect("there is room");
        let response = black_box(&self.response[..len]);
        floor::cgroups::read(response).expect("it was encoded")
    }

    /// The bytes of the last response.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        &self.response
    }
}
