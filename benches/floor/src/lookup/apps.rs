//! APPS_LOOKUP.

use std::hint::black_box;

use netipc::codec::WireEnum;
use netipc::messages::{
    AppLookupItemRef, AppsLookup, AppsLookupBuilder, AppsLookupRequest, AppsLookupRequestBuilder,
    CgroupStatus, LabelRef, Orchestrator, PidRef, ProcessStatus,
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
        let mut builder = AppsLookupRequestBuilder::new(&mut self.request);
        let pids = 0..u32::try_from(self.entries.len()).expect("few");
        builder.pids().extend(ExactPids(pids)).expect("there is room");
        let len = builder.finish().expect("there is room");
        let request = black_box(&self.request[..len]);

        AppsLookupRequest::check(request).expect("it was encoded");
        let mut builder = AppsLookupBuilder::answering(&mut self.response, request);
        builder.generation(7);
        for key in AppsLookupRequest::view(request).pids() {
            let pid = key.pid();
            let entry = &self.entries[pid as usize];
            let item = if entry.known {
                AppLookupItemRef {
                    status: ProcessStatus::Known,
                    orchestrator: Orchestrator::Docker,
                    cgroup_status: CgroupStatus::Known,
                    pid,
                    ppid: 1,
                    uid: 1000,
                    starttime: 42,
                    comm: &entry.comm,
                    cgroup_path: &entry.path,
                    cgroup_name: &entry.name,
                    labels: &self.labels[pid as usize],
                }
            } else {
                AppLookupItemRef {
                    status: ProcessStatus::Unknown,
                    pid,
                    uid: u32::MAX,
                    ..AppLookupItemRef::default()
                }
            };
            builder.items().push(item).expect("there is room");
        }
        let len = builder.finish().expect("there is room");
        let response = black_box(&self.response[..len]);

        let view = AppsLookup::decode(response).expect("it was encoded");
        let mut total = view.generation();
        for item in view.items() {
            total += u64::from(item.status().to_wire()) + u64::from(item.orchestrator().to_wire());
            total +=
                u64::from(item.cgroup_status().to_wire()) + u64::from(item.pid()) + u64::from(item.ppid());
            total += u64::from(item.uid()) + item.starttime();
            total += sum(item.comm()) + sum(item.cgroup_path()) + sum(item.cgroup_name());
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
        let len = floor::apps::encode_request(self.entries.len(), &mut self.request).expect("there is room");
        let request = black_box(&self.request[..len]);
        let len = floor::apps::answer(request, self.entries, &mut self.response).expect("there is room");
        let response = black_box(&self.response[..len]);
        floor::apps::read(response).expect("it was encoded")
    }

    /// The bytes of the last response.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        &self.response
    }
}

/// The keys; a range of u32 has no exact size.
struct ExactPids(std::ops::Range<u32>);

impl Iterator for ExactPids {
    type Item = PidRef;

    fn next(&mut self) -> Option<PidRef> {
        self.0.next().map(|pid| PidRef { pid })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for ExactPids {}
