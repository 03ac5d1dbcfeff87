//! What processes have sent and received: the kernel's counters of each TCP socket, joined with who has it open.
//!
//! [`sockets`] asks the kernel, [`closings`] hears the last counters of what is closed, [`holders`] goes through
//! `/proc/<pid>/fd`, [`ledger`] adds up what sockets have carried since the last reading, so that a socket that is closed
//! takes nothing away from its process.

mod closings;
mod holders;
mod ledger;
mod sockets;

pub(super) use ledger::Account;

use std::io;

use closings::Closings;
use ledger::Ledger;

use super::host::HostRoot;
use crate::error::complain;

/// What a socket has carried, or all of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) bytes_received: u64,
    pub(super) bytes_sent: u64,
    pub(super) packets_received: u64,
    pub(super) packets_sent: u64,
}

/// What was not seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unseen {
    /// Processes of which nothing is told.
    pub(super) unreadable_processes: u64,
    /// Whether there are others that are not even listed.
    pub(super) hidden: bool,
    /// Processes whose open files this one may not see.
    pub(super) unreadable_files: u64,
    /// Processes in other network namespaces.
    pub(super) elsewhere: u64,
    /// Connections, since the beginning, of which it was never seen who had them: opened and closed between two readings,
    /// or of a process whose files are not seen.
    pub(super) nobodys: u64,
    /// Times, since the beginning, that the last counters of closed connections were lost.
    pub(super) overflows: u64,
}

/// Reads a host again and again.
pub(super) struct Meter {
    host: HostRoot,
    /// Where the kernel does not tell of what is closed, that is counted up to the reading before.
    closings: Option<Closings>,
    ledger: Ledger,
    nobodys: u64,
    overflows: u64,
}

impl Meter {
    pub(super) fn new(host: &HostRoot) -> Self {
        let closings = Closings::listen().inspect_err(|error| {
            complain(format_args!(
                "the kernel does not tell the last counters of closed connections: {error}"
            ));
        });
        Self {
            host: host.clone(),
            closings: closings.ok(),
            ledger: Ledger::default(),
            nobodys: 0,
            overflows: 0,
        }
    }

    /// The processes that have carried anything, in the order of their ids, and what was not seen.
    ///
    /// # Errors
    /// The kernel does not tell, or processes cannot be listed.
    pub(super) fn read(&mut self) -> io::Result<(Vec<Account>, Unseen)> {
        // Sockets first: a socket that is opened later has no counters yet.
        let sockets = sockets::all()?;
        let (holders, unseen) = holders::find(&self.host, &sockets)?;
        // Closings last: of what is not in the list any more they are told already, or will be the next time.
        let closed = self.closings.as_mut().map(Closings::take).transpose()?.unwrap_or_default();
        self.overflows += closed.overflows;
        let unsure = unseen.unreadable_processes > 0 || unseen.hidden;
        self.nobodys += self.ledger.enter(&sockets, &closed.sockets, &holders, unsure);
        let unseen = Unseen { nobodys: self.nobodys, overflows: self.overflows, ..unseen };
        Ok((self.ledger.accounts(), unseen))
    }
}
