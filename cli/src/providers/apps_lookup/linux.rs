//! The processes of a Linux host, and their cgroups.

use std::collections::HashSet;
use std::io;
use std::mem;
use std::time::Duration;

use netipc::messages::{AppLookupItemRef, CgroupStatus, LabelRef, Orchestrator, ProcessStatus};

use super::AppsLookupProvider;
use crate::providers::cgroups::{Cgroup, Found, Scan, Scanner};
use crate::providers::cgroups_lookup::label;
use crate::providers::fresh::{Reading, Source};
use crate::providers::host::HostRoot;
use crate::providers::incomplete::Incomplete;
use crate::providers::processes::{self, PROCESSES, Process};

/// What one look at the host gave: the cgroups, and then the processes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Apps {
    processes: Vec<Process>,
    cgroups: Scan,
    /// Paths that the look before has missed already: no new cgroups.
    missing: HashSet<Vec<u8>>,
}

impl Reading for Apps {
    fn publishes_the_same_as(&self, other: &Self) -> bool {
        self.processes == other.processes
            && self.missing == other.missing
            && self.cgroups.publishes_the_same_as(&other.cgroups)
    }
}

impl AppsLookupProvider {
    /// A provider whose answers are no older than `refresh`.
    ///
    /// # Errors
    /// The host cannot be looked at: what makes every call fail is better known before the first.
    pub(crate) fn new(host: &HostRoot, refresh: Duration) -> io::Result<Self> {
        let mut looker = Looker::new(host);
        Self::of(Box::new(move || looker.look()) as Source<Apps>, refresh)
    }
}

impl Apps {
    /// What is said of a process, if there is one with this id; the labels of its cgroup are put into `labels`.
    pub(super) fn item<'a>(
        &'a self,
        pid: u32,
        labels: &mut Vec<LabelRef<'a>>,
    ) -> Option<AppLookupItemRef<'a>> {
        let index = self.processes.binary_search_by_key(&pid, |process| process.pid).ok()?;
        let process = self.processes.get(index)?;
        let (cgroup_status, cgroup) = self.cgroup(&process.cgroup);
        labels.extend(cgroup.iter().flat_map(|cgroup| &cgroup.labels).map(label));
        Some(AppLookupItemRef {
            status: ProcessStatus::Known,
            orchestrator: cgroup.map_or(Orchestrator::Unknown, |cgroup| cgroup.orchestrator),
            cgroup_status,
            pid: process.pid,
            ppid: process.stat.ppid,
            uid: process.uid.unwrap_or(u32::MAX),
            starttime: process.stat.starttime,
            comm: &process.stat.comm,
            cgroup_path: if cgroup_status == CgroupStatus::HostRoot { b"" } else { &process.cgroup },
            cgroup_name: cgroup.map_or(b"", |cgroup| &cgroup.name),
            labels: &[],
        })
    }

    /// What is known of the cgroup of a process. The cgroups were read first: one that is not among them is younger, or
    /// will not be found the next time either.
    fn cgroup(&self, path: &[u8]) -> (CgroupStatus, Option<&Cgroup>) {
        match self.cgroups.find(path) {
            Found::Cgroup(cgroup) => (CgroupStatus::Known, Some(cgroup)),
            Found::Root => (CgroupStatus::HostRoot, None),
            // What lies beyond the cgroup namespace will never be seen from here.
            Found::Nothing if path.starts_with(b"/..") || self.missing.contains(path) => {
                (CgroupStatus::UnknownPermanent, None)
            }
            Found::Nothing => (CgroupStatus::UnknownRetryLater, None),
        }
    }
}

/// Looks at a host again and again.
struct Looker {
    host: HostRoot,
    cgroups: Scanner,
    /// Paths of cgroups that the last look missed.
    missed: HashSet<Vec<u8>>,
    incomplete: Incomplete,
}

impl Looker {
    fn new(host: &HostRoot) -> Self {
        let incomplete = Incomplete::new("the list of processes");
        Self { host: host.clone(), cgroups: Scanner::new(host), missed: HashSet::new(), incomplete }
    }

    fn look(&mut self) -> io::Result<Apps> {
        let cgroups = match self.cgroups.scan() {
            // Processes are worth knowing without cgroups, too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Scan::default(),
            result => result?,
        };
        let (processes, missing) = processes::scan(&self.host.join("/proc"), PROCESSES)?;
        self.incomplete.say(&[
            ("processes that cannot be read", missing.unreadable),
            ("processes beyond the limit of number", missing.left_out),
            ("processes that /proc hides, at least", missing.hidden.into()),
        ]);
        let mut missed = HashSet::new();
        for process in &processes {
            let path = &process.cgroup;
            // An empty one may be told the next time.
            if !path.is_empty() && !missed.contains(path) && cgroups.find(path) == Found::Nothing {
                missed.insert(path.clone());
            }
        }
        let before = mem::replace(&mut self.missed, missed);
        let missing = self.missed.intersection(&before).cloned().collect();
        Ok(Apps { processes, cgroups, missing })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;
    use super::*;
    use crate::providers::fixture::Host;

    fn provider(host: &Host) -> AppsLookupProvider {
        AppsLookupProvider::new(&host.root(), Duration::ZERO).expect("there are processes")
    }

    #[test]
    fn a_process_is_known_with_its_cgroup() {
        let host = Host::new();
        let id = "0123456789abcdef".repeat(4);
        host.cgroup(&format!("docker/{id}"));
        host.file(
            &format!("var/lib/docker/containers/{id}/config.v2.json"),
            r#"{"Name":"/web","Config":{"Image":"nginx:1"}}"#,
        );
        host.process(4711, "nginx", 1, 33, 5000, &format!("0::/docker/{id}\n"));
        let items = ask(&provider(&host), &[4711]);
        let [item] = &items[..] else { panic!("{items:?}") };
        assert_eq!((item.status, item.cgroup_status), (ProcessStatus::Known, CgroupStatus::Known));
        assert_eq!((item.pid, item.ppid, item.uid, item.starttime), (4711, 1, 33, 5000));
        assert_eq!((item.comm.to_string(), item.orchestrator), ("nginx".to_owned(), Orchestrator::Docker));
        assert_eq!(
            (item.cgroup_path.to_string(), item.cgroup_name.to_string()),
            (format!("/docker/{id}"), "web".to_owned())
        );
        assert_eq!(item.labels.len(), 1);
    }

    #[test]
    fn a_process_that_is_not_there_is_unknown() {
        let host = Host::new();
        for item in ask(&provider(&host), &[0, 99, u32::MAX]) {
            assert_eq!((item.status, item.uid), (ProcessStatus::Unknown, u32::MAX));
        }
    }

    #[test]
    fn a_process_in_the_root_cgroup_belongs_to_the_host() {
        let host = Host::new();
        host.process(7, "x", 1, 0, 1, "1:cpu:/\n0::/\n");
        let items = ask(&provider(&host), &[7]);
        assert_eq!((items[0].status, items[0].cgroup_status), (ProcessStatus::Known, CgroupStatus::HostRoot));
    }

    #[test]
    fn a_cgroup_that_two_looks_have_missed_is_never_known() {
        let host = Host::new();
        host.process(7, "x", 1, 0, 1, "0::/gone (deleted)\n");
        host.process(8, "x", 1, 0, 1, "0::/../outside\n");
        host.process(9, "x", 1, 0, 1, "");
        let provider = AppsLookupProvider::new(&host.root(), Duration::MAX).expect("there are processes");
        let statuses =
            |provider| ask(provider, &[7, 8, 9]).iter().map(|item| item.cgroup_status).collect::<Vec<_>>();
        let (later, permanent) = (CgroupStatus::UnknownRetryLater, CgroupStatus::UnknownPermanent);
        assert_eq!(statuses(&provider), [later, permanent, later], "it may be younger than the look");
        let provider = self::provider(&host);
        assert_eq!(statuses(&provider), [permanent, permanent, later]);
    }

    #[test]
    fn a_host_without_cgroups_has_processes_all_the_same() {
        let host = Host::new();
        host.file("proc/1/mountinfo", "");
        host.process(7, "x", 1, 0, 1, "0::/a\n");
        let items = ask(&provider(&host), &[7]);
        assert_eq!(
            (items[0].status, items[0].cgroup_path.to_string()),
            (ProcessStatus::Known, "/a".to_owned())
        );
    }
}
