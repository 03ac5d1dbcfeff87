//! What the commands that keep a snapshot have in common.

use std::time::Duration;

use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{RefreshError, SnapshotCache};

use super::connection::{Most, SNAPSHOT_BYTES, caller, not_connected, services, why};
use crate::args::{self, ServiceName};
use crate::error::Failure;

/// The cache of the one snapshot that there is.
pub(super) type Cache = SnapshotCache<CgroupsSnapshotRequest, CgroupsSnapshot>;

/// Refuses what is no snapshot. `what` it cannot be.
///
/// # Errors
/// [`Failure::Usage`]
pub(super) fn only_snapshots(service: ServiceName, what: &str) -> Result<(), Failure> {
    match service {
        ServiceName::CgroupsSnapshot => Ok(()),
        other => Err(Failure::Usage(format!(
            "{} is no snapshot that could be {what}; cgroups-snapshot is one",
            other.name()
        ))),
    }
}

/// A cache that is empty yet. `timeout` is that of a refresh, connecting included.
///
/// # Errors
/// As [`caller`].
pub(super) fn cache(args: &args::Caller, timeout: Duration) -> Result<Cache, Failure> {
    let most = Most { response: SNAPSHOT_BYTES, ..Most::default() };
    let (endpoint, config) = caller(args, services::CGROUPS_SNAPSHOT, most, timeout)?;
    Ok(Cache::new(endpoint, config))
}

/// Why there is no new snapshot, and what helps.
pub(super) fn refresh_failed(error: &RefreshError) -> Failure {
    match error {
        RefreshError::Connect(error) => not_connected(error),
        RefreshError::Call(error) => Failure::Failed(format!("not refreshed: {}", why(error))),
        _ => Failure::because("not refreshed", error),
    }
}
