//! What processes have sent and received: the kernel's counters of each TCP socket, joined with who has it open.
//!
//! [`sockets`] asks the kernel, [`holders`] goes through `/proc/<pid>/fd`, [`ledger`] adds up what sockets have carried
//! since the last reading, so that a socket that is closed takes nothing away from its process.

mod holders;
mod ledger;
mod sockets;

pub(super) use holders::Unseen;
pub(super) use ledger::Account;

use std::io;

use ledger::Ledger;

use super::host::HostRoot;

/// What a socket has carried, or all of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) bytes_received: u64,
    pub(super) bytes_sent: u64,
    pub(super) packets_received: u64,
    pub(super) packets_sent: u64,
}

/// Reads a host again and again.
pub(super) struct Meter {
    host: HostRoot,
    ledger: Ledger,
}

impl Meter {
    pub(super) fn new(host: &HostRoot) -> Self {
        Self { host: host.clone(), ledger: Ledger::default() }
    }

    /// The processes that have carried anything, in the order of their ids, and what was not seen.
    ///
    /// # Errors
    /// The kernel does not tell, or processes cannot be listed.
    pub(super) fn read(&mut self) -> io::Result<(Vec<Account>, Unseen)> {
        // Sockets first: a socket that is opened later has no counters yet.
        let sockets = sockets::all()?;
        let (holders, unseen) = holders::find(&self.host, &sockets)?;
        self.ledger.enter(&sockets, &holders, unseen.unreadable_processes > 0);
        Ok((self.ledger.accounts(), unseen))
    }
}
