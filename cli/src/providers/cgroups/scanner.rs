//! Scanning one host again and again.

use std::io;

use super::{Limits, Runtimes, Scan, mounts, scan};
use crate::providers::host::HostRoot;
use crate::providers::incomplete::Incomplete;

/// Scans a host, and says on stderr what is not in the list.
pub(crate) struct Scanner {
    host: HostRoot,
    runtimes: Runtimes,
    incomplete: Incomplete,
}

impl Scanner {
    /// A scanner of this host. Nothing is read yet.
    pub(crate) fn new(host: &HostRoot) -> Self {
        let incomplete = Incomplete::new("the list of cgroups");
        Self { host: host.clone(), runtimes: Runtimes::new(host), incomplete }
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
        self.incomplete.say(&[
            ("directories that cannot be read", scan.unreadable),
            ("directories beyond the limits of depth and number", scan.left_out),
            ("files with names of containers that cannot be read", scan.unreadable_names),
        ]);
        Ok(scan)
    }
}
