//! The system's table of processes, where there are no cgroups: all of them belong to the host itself.

use std::ffi::OsStr;
use std::io;
use std::time::Duration;

use netipc::messages::{AppLookupItemRef, CgroupStatus, LabelRef, ProcessStatus};
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

use super::AppsLookupProvider;
use crate::providers::fresh::{Reading, Source};

/// Bytes of a process's name in an answer.
const COMM_BYTES: usize = 15;

/// What one look at the host gave, by process id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Apps(Vec<Process>);

#[derive(Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    /// 0 where it has ended.
    ppid: u32,
    /// The highest number where users have none.
    uid: u32,
    comm: String,
}

impl Reading for Apps {
    fn publishes_the_same_as(&self, other: &Self) -> bool {
        self == other
    }
}

impl AppsLookupProvider {
    /// A provider whose answers are no older than `refresh`.
    ///
    /// # Errors
    /// The host cannot be looked at: what makes every call fail is better known before the first.
    pub(crate) fn new(refresh: Duration) -> io::Result<Self> {
        Self::of(Box::new(look) as Source<Apps>, refresh)
    }
}

/// The processes that there are now.
///
/// # Errors
/// They cannot be told.
pub(crate) fn process_ids() -> io::Result<Vec<u32>> {
    Ok(look()?.0.iter().map(|process| process.pid).collect())
}

/// A table of its own for every look: one that is kept would go on calling a process by the name of an earlier one with its id.
fn look() -> io::Result<Apps> {
    let mut system = System::new().map_err(io::Error::other)?;
    let kind = users::asked(ProcessRefreshKind::nothing());
    if system.refresh_processes_specifics(ProcessesToUpdate::All, false, kind) == 0 {
        return Err(io::Error::other("the system does not tell which processes there are"));
    }
    let mut processes = Vec::new();
    for (pid, process) in system.processes() {
        let is_parent = |other: &sysinfo::Process| may_be_parent(other.start_time(), process.start_time());
        let parent = process.parent().filter(|pid| system.process(*pid).is_some_and(is_parent));
        processes.push(Process {
            pid: pid.as_u32(),
            ppid: parent.map_or(0, sysinfo::Pid::as_u32),
            uid: users::number(process).unwrap_or(u32::MAX),
            comm: comm(process.name()),
        });
    }
    processes.sort_unstable_by_key(|process| process.pid);
    Ok(Apps(processes))
}

/// Users that have numbers.
#[cfg(unix)]
mod users {
    use sysinfo::{Process, ProcessRefreshKind, UpdateKind};

    pub(super) fn asked(kind: ProcessRefreshKind) -> ProcessRefreshKind {
        kind.with_user(UpdateKind::OnlyIfNotSet)
    }

    pub(super) fn number(process: &Process) -> Option<u32> {
        process.user_id().map(|user| **user)
    }
}

/// Users that have none.
#[cfg(windows)]
mod users {
    use sysinfo::{Process, ProcessRefreshKind};

    pub(super) fn asked(kind: ProcessRefreshKind) -> ProcessRefreshKind {
        kind
    }

    pub(super) fn number(_process: &Process) -> Option<u32> {
        None
    }
}

/// Windows tells the id of a parent that has ended, too, and that may be another process's by now: one that is younger than
/// the child. A start that may not be asked is 0.
fn may_be_parent(start: u64, start_of_child: u64) -> bool {
    start_of_child == 0 || start <= start_of_child
}

/// A name as answers have it: not empty, and cut where it is too long, between two characters.
fn comm(name: &OsStr) -> String {
    let mut name = name.to_string_lossy().into_owned();
    if name.is_empty() {
        name.push('?');
    }
    name.truncate(name.floor_char_boundary(COMM_BYTES));
    name
}

impl Apps {
    /// What is said of a process, if there is one with this id. It has no labels.
    pub(super) fn item<'a>(
        &'a self,
        pid: u32,
        _labels: &mut Vec<LabelRef<'a>>,
    ) -> Option<AppLookupItemRef<'a>> {
        let index = self.0.binary_search_by_key(&pid, |process| process.pid).ok()?;
        let process = self.0.get(index)?;
        Some(AppLookupItemRef {
            status: ProcessStatus::Known,
            cgroup_status: CgroupStatus::HostRoot,
            pid,
            ppid: process.ppid,
            uid: process.uid,
            // Starts have no number of this kind.
            starttime: 0,
            comm: process.comm.as_bytes(),
            ..AppLookupItemRef::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use netipc::messages::Orchestrator;

    use super::super::tests::ask;
    use super::*;

    #[test]
    fn a_process_is_known_by_its_name_and_its_parent() {
        // A child that waits until its input ends.
        let waits: (&str, &[&str]) =
            if cfg!(windows) { ("cmd", &["/d", "/q", "/k", "prompt $_"]) } else { ("cat", &[]) };
        let mut child = Command::new(waits.0)
            .args(waits.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("there is such a command");
        let provider = AppsLookupProvider::new(Duration::ZERO).expect("there are processes");
        let items = ask(&provider, &[std::process::id(), child.id()]);
        drop(child.stdin.take());
        child.wait().expect("it can be waited for");
        let [own, child] = &items[..] else { panic!("{items:?}") };
        for item in [own, child] {
            assert_eq!((item.status, item.cgroup_status), (ProcessStatus::Known, CgroupStatus::HostRoot));
            assert_eq!((item.orchestrator, item.starttime), (Orchestrator::Unknown, 0));
            assert_eq!(item.uid == u32::MAX, cfg!(windows), "users have numbers elsewhere");
        }
        assert_eq!(
            (child.comm.to_string(), child.ppid),
            (if cfg!(windows) { "cmd.exe" } else { "cat" }.to_owned(), own.pid)
        );
        assert_eq!(own.pid, std::process::id());
    }

    #[test]
    fn a_process_that_is_not_there_is_unknown() {
        let provider = AppsLookupProvider::new(Duration::ZERO).expect("there are processes");
        let items = ask(&provider, &[u32::MAX]);
        assert_eq!(
            (items[0].status, items[0].pid, items[0].uid),
            (ProcessStatus::Unknown, u32::MAX, u32::MAX)
        );
    }

    #[test]
    fn a_process_that_is_younger_is_no_parent() {
        assert!(may_be_parent(5, 5) && may_be_parent(4, 5) && may_be_parent(0, 5));
        assert!(!may_be_parent(6, 5));
        assert!(may_be_parent(6, 0), "it cannot be told");
    }

    #[test]
    fn all_processes_are_told_once() {
        let ids = process_ids().expect("there are processes");
        assert!(ids.contains(&std::process::id()));
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
    }

    #[test]
    fn a_name_has_1_to_15_bytes_and_whole_characters() {
        let comm = |name: &str| comm(OsStr::new(name));
        assert_eq!(comm("netipc.exe"), "netipc.exe");
        assert_eq!(comm("SearchIndexer.exe"), "SearchIndexer.e");
        assert_eq!(comm("Prozess-Name-\u{e4}\u{e4}"), "Prozess-Name-\u{e4}");
        assert_eq!(comm(""), "?");
    }
}
