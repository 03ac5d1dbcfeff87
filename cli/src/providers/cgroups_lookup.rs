//! `cgroups-lookup`: what the cgroup of a path is.

use std::io;
use std::time::{Duration, Instant};

use netipc::HandlerResult;
use netipc::messages::{
    CgroupLookupItemRef, CgroupsLookupBuilder, CgroupsLookupRequestView, LabelRef, Orchestrator, PathStatus,
};

use super::cgroups::{Found, Label, Scan, Scanner};
use super::fresh::{Fresh, Source};
use super::host::HostRoot;
use super::missed::Missed;

/// Tells what cgroups are.
pub(crate) struct CgroupsLookupProvider {
    cgroups: Fresh<Scan, Source<Scan>>,
    missed: Missed,
}

impl CgroupsLookupProvider {
    /// A provider whose answers are no older than `refresh`.
    ///
    /// # Errors
    /// The host cannot be scanned: what makes every call fail is better known before the first.
    pub(crate) fn new(host: &HostRoot, refresh: Duration) -> io::Result<Self> {
        let mut scanner = Scanner::new(host);
        let cgroups = Fresh::new(refresh, Box::new(move || scanner.scan()) as Source<Scan>);
        cgroups.current()?;
        Ok(Self { cgroups, missed: Missed::default() })
    }

    /// Answers a request: a path that the last scan did not find is UNKNOWN_RETRY_LATER until a scan that began after
    /// somebody had first asked for it did not find it either.
    ///
    /// # Errors
    /// The host cannot be scanned.
    pub(crate) fn respond(
        &self,
        request: CgroupsLookupRequestView<'_>,
        response: &mut CgroupsLookupBuilder<'_>,
    ) -> HandlerResult {
        // Before the reading that is looked at, so that what is missing there and was asked for before is no accident.
        let asked = Instant::now();
        let look = self.cgroups.current()?;
        let scan = &look.published.value;
        response.generation(look.published.generation);
        let mut labels = Vec::new();
        for key in request.paths() {
            let path: &[u8] = key.path();
            let found = scan.find(path);
            labels.clear();
            if let Found::Cgroup(cgroup) = found {
                labels.extend(cgroup.labels.iter().map(label));
            }
            let (status, orchestrator, name): (_, _, &[u8]) = match found {
                Found::Cgroup(cgroup) => (PathStatus::Known, cgroup.orchestrator, &cgroup.name),
                Found::Root => (PathStatus::Known, Orchestrator::Unknown, b"/"),
                Found::Nothing if self.missed.does_not_exist(path, look.began, asked) => {
                    (PathStatus::UnknownPermanent, Orchestrator::Unknown, b"")
                }
                Found::Nothing => (PathStatus::UnknownRetryLater, Orchestrator::Unknown, b""),
            };
            response.items().push(CgroupLookupItemRef {
                status,
                orchestrator,
                path,
                name,
                labels: &labels,
            })?;
        }
        Ok(())
    }
}

/// A label, to be sent.
pub(super) fn label((key, value): &Label) -> LabelRef<'_> {
    LabelRef { key, value }
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use netipc::messages::{CgroupPath, CgroupsLookup, CgroupsLookupRequest};
    use netipc::{Encode, MessageBuilder, WireMessage};
    use rustix::fs::inotify;

    use super::*;
    use crate::providers::fixture::Host;

    fn provider(host: &Host) -> CgroupsLookupProvider {
        CgroupsLookupProvider::new(&host.root(), Duration::ZERO).expect("there is a cgroup file system")
    }

    fn ask(provider: &CgroupsLookupProvider, paths: &[&str]) -> CgroupsLookup {
        let paths = paths.iter().map(|path| CgroupPath { path: (*path).into() }).collect();
        let request = CgroupsLookupRequest { paths };
        let mut bytes = vec![0; request.encoded_len()];
        request.encode(&mut bytes).expect("as long as it is");
        let mut buffer = vec![0; 100_000];
        let mut builder = CgroupsLookupBuilder::answering(&mut buffer, &bytes);
        provider
            .respond(CgroupsLookupRequest::decode(&bytes).expect("well-formed"), &mut builder)
            .expect("it answers");
        let len = builder.finish().expect("it fits");
        CgroupsLookup::decode(&buffer[..len]).expect("well-formed").to_owned()
    }

    #[test]
    fn a_cgroup_is_known_by_its_path() {
        let host = Host::new();
        let id = "0123456789abcdef".repeat(4);
        host.cgroup("system.slice/ssh.service");
        host.cgroup(&format!("docker/{id}"));
        host.file(
            &format!("var/lib/docker/containers/{id}/config.v2.json"),
            r#"{"Name":"/web","Config":{"Image":"nginx:1"}}"#,
        );
        let (docker, full) = (format!("/docker/{id}"), host.cgroup_path("system.slice/ssh.service"));
        let items = ask(&provider(&host), &["/system.slice/ssh.service", &docker, &full, "/"]).items;
        let facts: Vec<_> = items
            .iter()
            .map(|item| (item.status, item.orchestrator, item.name.to_string(), item.labels.len()))
            .collect();
        let known =
            |orchestrator, name: &str, labels| (PathStatus::Known, orchestrator, name.to_owned(), labels);
        assert_eq!(
            facts,
            [
                known(Orchestrator::Systemd, "ssh.service", 0),
                known(Orchestrator::Docker, "web", 1),
                known(Orchestrator::Systemd, "ssh.service", 0),
                known(Orchestrator::Unknown, "/", 0),
            ]
        );
    }

    #[test]
    fn what_a_scan_that_began_after_the_question_has_missed_does_not_exist() {
        let host = Host::new();
        host.cgroup("a");
        let provider = provider(&host);
        let status = |path| ask(&provider, &[path]).items[0].status;
        // Each call scans anew here, after it has been asked.
        assert_eq!(status("/b"), PathStatus::UnknownPermanent);
        host.cgroup("b");
        assert_eq!(status("/b"), PathStatus::Known);
    }

    #[test]
    fn a_cgroup_younger_than_the_last_scan_is_to_be_asked_for_again() {
        let host = Host::new();
        host.cgroup("a");
        let provider =
            CgroupsLookupProvider::new(&host.root(), Duration::MAX).expect("there is a cgroup file system");
        host.cgroup("b");
        let generation = ask(&provider, &["/a"]).generation;
        for _ in 0..3 {
            let found = ask(&provider, &["/b", "/none"]);
            assert_eq!(found.generation, generation);
            assert!(found.items.iter().all(|item| item.status == PathStatus::UnknownRetryLater));
        }
    }

    #[test]
    fn a_path_is_never_opened() {
        let host = Host::new();
        host.cgroup("a");
        host.file("bait/file", "");
        let bait = host.path().join("bait");
        let watch = inotify::init(inotify::CreateFlags::NONBLOCK).expect("a watch");
        let events = inotify::WatchFlags::OPEN | inotify::WatchFlags::ACCESS;
        inotify::add_watch(&watch, &bait, events).expect("the directory is there");
        let opened = || {
            let mut buffer = [MaybeUninit::uninit(); 512];
            inotify::Reader::new(&watch, &mut buffer).next().is_ok()
        };
        let path = |path: &str| host.path().join(path).to_str().expect("UTF-8").to_owned();
        let (file, dir, root) = (path("bait/file"), path("bait"), path(""));
        let below = host.cgroup_path("a/../../../../bait/file");
        let odd = [&file, &dir, &root, &below, "/a/..", "../a", "/proc/self/mountinfo", "/etc/passwd"];
        let items = ask(&provider(&host), &odd).items;
        assert!(items.iter().all(|item| item.status != PathStatus::Known), "{items:?}");
        assert!(!opened());
        std::fs::read(&file).expect("it is there");
        assert!(opened(), "this would have been noticed");
    }
}
