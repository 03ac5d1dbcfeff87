//! Scanning one host again and again.

use std::io;

use super::{Limits, Runtimes, Scan, mounts, scan};
use crate::error::complain;
use crate::providers::host::HostRoot;

/// Scans a host, and says on stderr what is not in the list whenever that has changed.
pub(crate) struct Scanner {
    host: HostRoot,
    runtimes: Runtimes,
    said: (u64, u64, u64),
}

impl Scanner {
    /// A scanner of this host. Nothing is read yet.
    pub(crate) fn new(host: &HostRoot) -> Self {
        Self { host: host.clone(), runtimes: Runtimes::new(host), said: (0, 0, 0) }
    }

    /// The cgroups now.
    ///
    /// # Errors
    /// It cannot be found out where cgroups are mounted, or nowhere.
    pub(crate) fn scan(&mut self) -> io::Result<Scan> {
        let hierarchies = mounts::find(&self.host)?;
        if hierarchies.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no cgroup file system is mounted"));
        }
        let scan = scan(&hierarchies, Limits::default(), &mut self.runtimes);
        let missing = (scan.unreadable, scan.left_out, scan.unreadable_names);
        if missing != self.said {
            let (unreadable, left_out, names) = missing;
            complain(format_args!(
                "cgroups: {unreadable} directories cannot be read, {left_out} are beyond the limits of depth and \
                 number; {names} files with names of containers cannot be read"
            ));
            self.said = missing;
        }
        Ok(scan)
    }
}
