//! On Linux a demo publishes the host's cgroups.

use comfy_table::Table;
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest, CgroupsSnapshotView};
use netipc::{CallError, ClientConfig, Endpoint};
use serde_json::Value;

use crate::commands::connection::{SNAPSHOT_BYTES, services};
use crate::error::Failure;
use crate::snapshot;

/// What the provider serves.
pub(super) const SERVICE: &str = services::CGROUPS_SNAPSHOT;

/// What an answer is called in JSON.
pub(super) const ANSWER: &str = "snapshot";

/// Bytes of an answer at most, unless told otherwise.
pub(super) const MOST_BYTES: u32 = SNAPSHOT_BYTES;

pub(super) type Client = netipc::Client<CgroupsSnapshotRequest, CgroupsSnapshot>;

/// Whoever calls.
pub(super) struct Caller(Client);

/// What came of a call.
pub(super) struct Answer<'a>(CgroupsSnapshotView<'a>);

impl Caller {
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there is something to be found out first")]
    pub(super) fn new(endpoint: Endpoint, config: ClientConfig) -> Result<Self, Failure> {
        Ok(Self(Client::new(endpoint, config)))
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.0
    }

    pub(super) fn call(&mut self) -> Result<Answer<'_>, CallError> {
        self.0.call(CgroupsSnapshotRequest {}).map(Answer)
    }
}

impl Answer<'_> {
    pub(super) fn len(&self) -> usize {
        self.0.cgroups().len()
    }

    /// So many of its items, for programs.
    pub(super) fn json(&self, most: usize) -> Value {
        snapshot::json(self.0, most)
    }

    /// So many of its items, for people.
    pub(super) fn table(&self, most: usize) -> Table {
        snapshot::table(self.0, most)
    }

    pub(super) fn summary(&self) -> String {
        snapshot::summary(self.0)
    }
}
