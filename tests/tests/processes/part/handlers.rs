//! What managed servers of this process answer, and what they do on purpose that is no answer.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use netipc::messages::{
    CgroupLookupItemRef, CgroupRef, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, StringReverse,
};
use netipc::{Context, Endpoint, ListenError, Server, ServerConfig};

use super::say;
use crate::common;

/// A lookup finds so large a name for this path that no response of a few KiB holds it.
pub(crate) const HUGE: &str = "/huge";

/// What a handler does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Answer,
    Fail,
    Panic,
    /// Says `asked` and waits for `release`.
    Hold,
    /// Says `peer` and its process, and answers.
    Tell,
    /// Answers with the next generation.
    Renew,
}

impl Deed {
    fn named(name: &str) -> Self {
        match name {
            "answer" => Self::Answer,
            "fail" => Self::Fail,
            "panic" => Self::Panic,
            "hold" => Self::Hold,
            "tell" => Self::Tell,
            "renew" => Self::Renew,
            _ => panic!("no such deed: {name}"),
        }
    }
}

/// What all handlers share.
#[derive(Default)]
pub(crate) struct State {
    inner: Mutex<Inner>,
    released: Condvar,
}

#[derive(Default)]
struct Inner {
    deeds: VecDeque<Deed>,
    releases: u64,
    generation: u64,
    cgroups: u32,
}

impl State {
    pub(super) fn will(&self, deeds: &[&str]) {
        self.lock().deeds = deeds.iter().map(|deed| Deed::named(deed)).collect();
    }

    pub(super) fn release(&self) {
        let mut inner = self.lock();
        inner.releases += 1;
        inner.deeds.clear();
        self.released.notify_all();
    }

    pub(super) fn publish(&self, generation: u64, cgroups: u32) {
        let mut inner = self.lock();
        (inner.generation, inner.cgroups) = (generation, cgroups);
    }

    /// Does what is to be done with this request, up to its answer; gives the generation, and how many cgroups there are.
    fn begin(&self, context: &Context) -> Result<(u64, u32), String> {
        let mut inner = self.lock();
        match inner.deeds.pop_front().unwrap_or(Deed::Answer) {
            Deed::Answer => {}
            Deed::Fail => return Err("it was told to".to_owned()),
            Deed::Panic => {
                drop(inner);
                // A panic that nobody is told of, since it is part of the test.
                resume_unwind(Box::new("it was told to"));
            }
            Deed::Hold => {
                let before = inner.releases;
                say("asked");
                let wait = self.released.wait_while(inner, |inner| inner.releases == before);
                inner = wait.expect("not poisoned");
            }
            Deed::Tell => say(&format!("peer {}", context.credentials.pid)),
            Deed::Renew => inner.generation += 1,
        }
        Ok((inner.generation, inner.cgroups))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("not poisoned")
    }
}

pub(super) fn increment(
    endpoint: Endpoint,
    config: ServerConfig,
    state: Arc<State>,
) -> Result<Server<Increment, Increment>, ListenError> {
    Server::<Increment, Increment>::spawn(endpoint, config, move |request, response, context| {
        state.begin(context)?;
        response.value(request.value().wrapping_add(1));
        Ok(())
    })
}

pub(super) fn reverse(
    endpoint: Endpoint,
    config: ServerConfig,
    state: Arc<State>,
) -> Result<Server<StringReverse, StringReverse>, ListenError> {
    Server::<StringReverse, StringReverse>::spawn(endpoint, config, move |request, response, context| {
        state.begin(context)?;
        common::reverse(request, response);
        Ok(())
    })
}

/// Knows every path.
pub(super) fn lookup(
    endpoint: Endpoint,
    config: ServerConfig,
    state: Arc<State>,
) -> Result<Server<CgroupsLookupRequest, CgroupsLookup>, ListenError> {
    Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        endpoint,
        config,
        move |request, response, context| {
            let (generation, _) = state.begin(context)?;
            response.generation(generation);
            for key in request.paths() {
                let name = if key.path() == HUGE { &[b'n'; 5_000][..] } else { &[b'n'; 30] };
                response.items().push(CgroupLookupItemRef {
                    path: key.path(),
                    name,
                    ..CgroupLookupItemRef::default()
                })?;
            }
            Ok(())
        },
    )
}

/// Lists as many cgroups as are published, called 0, 1, …, whose hash is the number, and whose path says which generation
/// they belong to.
pub(super) fn snapshot(
    endpoint: Endpoint,
    config: ServerConfig,
    state: Arc<State>,
) -> Result<Server<CgroupsSnapshotRequest, CgroupsSnapshot>, ListenError> {
    Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(endpoint, config, move |_, response, context| {
        let (generation, cgroups) = state.begin(context)?;
        response.generation(generation);
        for hash in 0..cgroups {
            let (name, path) = (hash.to_string(), format!("/{generation}/{hash}"));
            response.cgroups().push(CgroupRef {
                hash,
                name: name.as_bytes(),
                path: path.as_bytes(),
                ..CgroupRef::default()
            })?;
        }
        Ok(())
    })
}
