//! Which process has which socket open.

use std::collections::{HashMap, HashSet};
use std::io;

use rustix::fs::{Dir, Mode, OFlags, openat, readlinkat};

use super::Unseen;
use super::sockets::Socket;
use crate::providers::host::HostRoot;
use crate::providers::processes::{Directory, PROCESSES, Stat, each, stat};

/// Who has sockets.
#[derive(Debug, Default)]
pub(super) struct Holders {
    /// All processes.
    pub(super) processes: HashMap<u32, Stat>,
    /// The process of each socket, by its inode: of several that share it, the one that started first.
    pub(super) sockets: HashMap<u32, u32>,
}

/// Finds who has these sockets open.
///
/// # Errors
/// Processes cannot be listed.
pub(super) fn find(host: &HostRoot, sockets: &[Socket]) -> io::Result<(Holders, Unseen)> {
    let mut found = Holders::default();
    let mut unseen = Unseen::default();
    let wanted: HashSet<u32> = sockets.iter().map(|socket| socket.inode).collect();
    let own = std::fs::read_link("/proc/self/ns/net").ok();
    let mut buffer = Vec::new();
    let missing = each(&host.join("/proc"), PROCESSES, |pid, directory| {
        let Some(stat) = stat(directory.read("stat", &mut buffer)?) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its stat makes no sense"));
        };
        let started = (stat.starttime, pid);
        found.processes.insert(pid, stat);
        let namespace = readlinkat(directory, "ns/net", Vec::new()).ok();
        if let (Some(own), Some(namespace)) = (&own, &namespace)
            && own.as_os_str().as_encoded_bytes() != namespace.as_bytes()
        {
            unseen.elsewhere += 1;
            return Ok(());
        }
        let held = held(directory, |inode| {
            if wanted.contains(&inode) {
                let first = found
                    .sockets
                    .get(&inode)
                    .and_then(|other| Some((found.processes.get(other)?.starttime, *other)));
                if first.is_none_or(|first| started < first) {
                    found.sockets.insert(inode, pid);
                }
            }
        });
        // What has ended holds nothing.
        unseen.unreadable_files +=
            u64::from(held.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied));
        Ok(())
    })?;
    unseen.unreadable_processes = missing.unreadable + missing.left_out;
    unseen.hidden = missing.hidden;
    Ok((found, unseen))
}

/// Calls `take` with the inode of each socket that a process has open.
fn held(directory: &Directory, mut take: impl FnMut(u32)) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let files = openat(directory, "fd", flags, Mode::empty())?;
    let mut buffer = Vec::new();
    for entry in Dir::read_from(&files)? {
        // What was closed meanwhile is not open, and what is no link is `.` or `..`.
        let Ok(link) = readlinkat(&files, entry?.file_name(), buffer) else {
            buffer = Vec::new();
            continue;
        };
        if let Some(inode) = inode(link.as_bytes()) {
            take(inode);
        }
        buffer = link.into_bytes();
    }
    Ok(())
}

/// The inode in `socket:[inode]`.
fn inode(link: &[u8]) -> Option<u32> {
    let digits = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::providers::fixture::Host;
    use crate::providers::traffic::Counters;

    fn sockets(inodes: &[u32]) -> Vec<Socket> {
        let socket = |inode: &u32| Socket { cookie: 1, inode: *inode, counters: Counters::default() };
        inodes.iter().map(socket).collect()
    }

    fn process(host: &Host, pid: u32, starttime: u64, links: &[&str]) {
        host.process(pid, "x", 1, 0, starttime, "");
        let files = host.path().join(format!("proc/{pid}/fd"));
        std::fs::create_dir(&files).expect("a directory");
        for (fd, link) in links.iter().enumerate() {
            symlink(link, files.join(fd.to_string())).expect("a link");
        }
    }

    #[test]
    fn a_socket_belongs_to_the_first_process_that_has_it_open() {
        let host = Host::new();
        process(&host, 9, 100, &["/dev/null", "socket:[41]", "socket:[42]"]);
        process(&host, 7, 200, &["socket:[42]", "socket:[43]", "socket:[x]", "pipe:[44]"]);
        let (found, unseen) = find(&host.root(), &sockets(&[41, 42, 43, 44])).expect("there are processes");
        let mut held: Vec<_> = found.sockets.into_iter().collect();
        held.sort_unstable();
        assert_eq!(held, [(41, 9), (42, 9), (43, 7)]);
        assert_eq!((found.processes.len(), unseen), (2, Unseen::default()));
    }

    #[test]
    fn a_process_of_another_network_namespace_is_counted() {
        let host = Host::new();
        process(&host, 7, 100, &["socket:[41]"]);
        std::fs::create_dir(host.path().join("proc/7/ns")).expect("a directory");
        symlink("net:[1]", host.path().join("proc/7/ns/net")).expect("a link");
        let (found, unseen) = find(&host.root(), &sockets(&[41])).expect("there are processes");
        assert!(found.sockets.is_empty());
        assert_eq!(unseen, Unseen { elsewhere: 1, ..Unseen::default() });
    }

    #[test]
    fn a_process_that_ends_meanwhile_holds_nothing_and_is_no_loss() {
        let host = Host::new();
        host.process(7, "x", 1, 0, 1, "");
        let (found, unseen) = find(&host.root(), &sockets(&[41])).expect("there are processes");
        assert_eq!((found.sockets.len(), unseen), (0, Unseen::default()));
    }
}
