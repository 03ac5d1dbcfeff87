//! `cgroups-snapshot`: all cgroups of the host.

use std::io;
use std::time::Duration;

use netipc::HandlerResult;
use netipc::messages::{CgroupRef, CgroupsSnapshotBuilder};

use super::cgroups::{Scan, Scanner};
use super::fresh::{Fresh, Published, Source};
use super::host::HostRoot;

/// Publishes the cgroups of a host.
pub(crate) struct CgroupsSnapshotProvider {
    cgroups: Fresh<Scan, Source<Scan>>,
}

impl CgroupsSnapshotProvider {
    /// A provider whose answers are no older than `refresh`.
    ///
    /// # Errors
    /// The host cannot be scanned: what makes every call fail is better known before the first.
    pub(crate) fn new(host: &HostRoot, refresh: Duration) -> io::Result<Self> {
        let mut scanner = Scanner::new(host);
        let cgroups = Fresh::new(refresh, Box::new(move || scanner.scan()) as Source<Scan>);
        cgroups.current()?;
        Ok(Self { cgroups })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The host cannot be scanned; the answer does not fit.
    pub(crate) fn respond(&self, response: &mut CgroupsSnapshotBuilder<'_>) -> HandlerResult {
        publish(&self.cgroups.current()?.published, response)
    }
}

/// Fills a response.
fn publish(published: &Published<Scan>, response: &mut CgroupsSnapshotBuilder<'_>) -> HandlerResult {
    response.generation(published.generation);
    response.systemd_enabled(u32::from(published.value.systemd));
    for cgroup in &published.value.cgroups {
        response.cgroups().push(CgroupRef {
            hash: cgroup.hash,
            options: cgroup.options,
            enabled: cgroup.enabled,
            name: &cgroup.name,
            path: &cgroup.path,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use netipc::messages::CgroupsSnapshot;
    use netipc::{MessageBuilder, WireMessage};

    use super::*;
    use crate::commands::SNAPSHOT_BYTES;
    use crate::providers::cgroups::Limits;

    fn published(cgroups: usize) -> Published<Scan> {
        Published { generation: 7, value: Scan::of_units(cgroups) }
    }

    #[test]
    fn what_was_scanned_is_what_is_published() {
        let published = published(3);
        let mut bytes = vec![0; 1024];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        publish(&published, &mut builder).expect("it fits");
        let len = builder.finish().expect("it fits");
        let snapshot = CgroupsSnapshot::decode(&bytes[..len]).expect("it is well-formed").to_owned();
        assert_eq!((snapshot.generation, snapshot.systemd_enabled), (7, 1));
        for (sent, scanned) in snapshot.cgroups.iter().zip(&published.value.cgroups) {
            assert_eq!((sent.hash, sent.options, sent.enabled), (scanned.hash, 1, scanned.enabled));
            assert_eq!((&sent.name[..], &sent.path[..]), (&scanned.name[..], &scanned.path[..]));
        }
        assert_eq!(snapshot.cgroups.len(), 3);
    }

    #[test]
    fn as_many_cgroups_as_a_scan_may_have_fit_in_the_default_ceiling() {
        let published = published(Limits::default().cgroups);
        let mut bytes = vec![0; SNAPSHOT_BYTES as usize];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        publish(&published, &mut builder).expect("it fits");
        assert!(builder.finish().is_ok());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut bytes = [0; 100];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        assert!(publish(&published(3), &mut builder).is_err());
        assert!(builder.finish().is_err());
    }
}
