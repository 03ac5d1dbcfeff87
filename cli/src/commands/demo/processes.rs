//! Where there are no cgroups, a demo looks up the host's processes.

use comfy_table::Table;
use netipc::messages::{AppsLookup, AppsLookupRequest, AppsLookupView, Pid};
use netipc::{CallError, ClientConfig, Endpoint};
use serde_json::Value;

use crate::commands::connection::services;
use crate::error::Failure;
use crate::providers::apps_lookup::process_ids;
use crate::{json, lookups};

/// What the provider serves.
pub(super) const SERVICE: &str = services::APPS_LOOKUP;

/// What an answer is called in JSON.
pub(super) const ANSWER: &str = "lookup";

/// Bytes of an answer at most, unless told otherwise: the library's own default. Longer answers come in parts.
pub(super) const MOST_BYTES: u32 = 0;

pub(super) type Client = netipc::Client<AppsLookupRequest, AppsLookup>;

/// Whoever calls, and what it asks for: the processes that were there when it began.
pub(super) struct Caller {
    client: Client,
    pids: Vec<Pid>,
}

/// What came of a call.
pub(super) struct Answer<'a>(AppsLookupView<'a>);

impl Caller {
    pub(super) fn new(endpoint: Endpoint, config: ClientConfig) -> Result<Self, Failure> {
        let ids = process_ids().map_err(|error| Failure::because("cannot look for processes", &error))?;
        Ok(Self {
            client: Client::new(endpoint, config),
            pids: ids.into_iter().map(|pid| Pid { pid }).collect(),
        })
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    pub(super) fn call(&mut self) -> Result<Answer<'_>, CallError> {
        self.client.call_lookup(&self.pids).map(Answer)
    }
}

impl Answer<'_> {
    pub(super) fn len(&self) -> usize {
        self.0.items().len()
    }

    /// So many of its items, for programs.
    pub(super) fn json(&self, most: usize) -> Value {
        json::shown(&self.first(most))
    }

    /// So many of its items, for people.
    pub(super) fn table(&self, most: usize) -> Table {
        lookups::apps(&self.first(most).items)
    }

    pub(super) fn summary(&self) -> String {
        lookups::summary("process", self.len(), self.0.generation())
    }

    fn first(&self, most: usize) -> AppsLookup {
        let mut answer = self.0.to_owned();
        answer.items.truncate(most);
        answer
    }
}
