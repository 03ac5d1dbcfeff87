//! Adding up what sockets have carried, per process.

use std::collections::HashMap;

use super::Counters;
use super::holders::Holders;
use super::sockets::Socket;
use crate::providers::processes::Stat;

/// All that a process has carried, as far as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::providers) struct Account {
    pub(in crate::providers) pid: u32,
    pub(in crate::providers) stat: Stat,
    pub(in crate::providers) total: Counters,
}

/// What was entered so far. It has no more than all sockets and all processes of the last reading.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// What each socket, by its cookie, had carried when it was last entered for a process.
    entered: HashMap<u64, Counters>,
    accounts: HashMap<u32, Account>,
}

impl Ledger {
    /// Enters what sockets have carried since the last time. `unsure` says that some processes may live that are not
    /// among `holders`: then nobody's account is closed but those of ids that are in use again.
    pub(super) fn enter(&mut self, sockets: &[Socket], holders: &Holders, unsure: bool) {
        self.accounts.retain(|pid, account| {
            holders.processes.get(pid).map_or(unsure, |stat| stat.starttime == account.stat.starttime)
        });
        let mut entered = HashMap::with_capacity(sockets.len());
        for Socket { cookie, inode, counters } in sockets {
            let before = self.entered.get(cookie).copied().unwrap_or_default();
            let holder = holders.sockets.get(inode);
            let Some((pid, stat)) = holder.and_then(|pid| Some((pid, holders.processes.get(pid)?))) else {
                // Whoever is found to have it later gets all of it.
                entered.insert(*cookie, before);
                continue;
            };
            let new = Account { pid: *pid, stat: stat.clone(), total: Counters::default() };
            let account = self.accounts.entry(*pid).or_insert(new);
            add(&mut account.total, before, *counters);
            // A process may have another name by now.
            account.stat.clone_from(stat);
            entered.insert(*cookie, *counters);
        }
        self.entered = entered;
    }

    /// The accounts that are not empty, in the order of their ids.
    pub(super) fn accounts(&self) -> Vec<Account> {
        let used = self.accounts.values().filter(|account| account.total != Counters::default());
        let mut accounts: Vec<_> = used.cloned().collect();
        accounts.sort_unstable_by_key(|account| account.pid);
        accounts
    }
}

/// Adds what has come to a socket's counters. Those of packets have 32 bits in the kernel and begin again at 0.
fn add(total: &mut Counters, before: Counters, now: Counters) {
    let packets = |before: u64, now: u64| now.wrapping_sub(before) & u64::from(u32::MAX);
    let sum = |total: &mut u64, more: u64| *total = total.saturating_add(more);
    sum(&mut total.bytes_received, now.bytes_received.saturating_sub(before.bytes_received));
    sum(&mut total.bytes_sent, now.bytes_sent.saturating_sub(before.bytes_sent));
    sum(&mut total.packets_received, packets(before.packets_received, now.packets_received));
    sum(&mut total.packets_sent, packets(before.packets_sent, now.packets_sent));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(cookie: u64, sent: u64) -> Socket {
        let counters = Counters { bytes_sent: sent, packets_sent: sent, ..Counters::default() };
        Socket { cookie, inode: u32::try_from(cookie).expect("small"), counters }
    }

    /// Processes by id and start, and who has the sockets of these inodes.
    fn holders(processes: &[(u32, u64)], sockets: &[(u32, u32)]) -> Holders {
        let stat = |starttime| Stat { comm: b"x".to_vec(), ppid: 1, starttime };
        Holders {
            processes: processes.iter().map(|(pid, starttime)| (*pid, stat(*starttime))).collect(),
            sockets: sockets.iter().copied().collect(),
        }
    }

    fn sent(ledger: &Ledger) -> Vec<(u32, u64)> {
        ledger.accounts().iter().map(|account| (account.pid, account.total.bytes_sent)).collect()
    }

    #[test]
    fn a_process_has_carried_what_its_sockets_have() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1), (8, 1)], &[(1, 7), (2, 7), (3, 8)]);
        ledger.enter(&[socket(1, 10), socket(2, 5), socket(3, 0)], &holders, false);
        assert_eq!(sent(&ledger), [(7, 15)]);
        ledger.enter(&[socket(1, 12), socket(2, 5), socket(3, 1)], &holders, false);
        assert_eq!(sent(&ledger), [(7, 17), (8, 1)]);
    }

    #[test]
    fn a_socket_that_is_closed_takes_nothing_away() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[(1, 7), (2, 7)]);
        ledger.enter(&[socket(1, 10)], &holders, false);
        ledger.enter(&[], &holders, false);
        assert_eq!(sent(&ledger), [(7, 10)]);
        ledger.enter(&[socket(2, 3)], &holders, false);
        assert_eq!(sent(&ledger), [(7, 13)]);
    }

    #[test]
    fn a_socket_that_changes_hands_is_not_counted_twice() {
        let mut ledger = Ledger::default();
        let processes = [(7, 1), (8, 2)];
        ledger.enter(&[socket(1, 10)], &holders(&processes, &[(1, 7)]), false);
        ledger.enter(&[socket(1, 11)], &holders(&processes, &[]), false);
        ledger.enter(&[socket(1, 15)], &holders(&processes, &[(1, 8)]), false);
        assert_eq!(sent(&ledger), [(7, 10), (8, 5)]);
    }

    #[test]
    fn counters_never_go_backwards_and_packets_begin_again_at_0() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[(1, 7)]);
        let with = |sent, packets| {
            let counters = Counters { bytes_sent: sent, packets_sent: packets, ..Counters::default() };
            [Socket { counters, ..socket(1, 0) }]
        };
        ledger.enter(&with(10, u64::from(u32::MAX)), &holders, false);
        ledger.enter(&with(9, 1), &holders, false);
        let total = ledger.accounts()[0].total;
        assert_eq!((total.bytes_sent, total.packets_sent), (10, u64::from(u32::MAX) + 2));
    }

    #[test]
    fn a_process_that_has_ended_is_forgotten_and_its_id_begins_anew() {
        let mut ledger = Ledger::default();
        ledger.enter(&[socket(1, 10)], &holders(&[(7, 1)], &[(1, 7)]), false);
        ledger.enter(&[socket(2, 3)], &holders(&[(7, 2)], &[(2, 7)]), false);
        assert_eq!(sent(&ledger), [(7, 3)]);
        ledger.enter(&[], &holders(&[], &[]), true);
        assert_eq!(sent(&ledger), [(7, 3)], "it may live unseen");
        ledger.enter(&[], &holders(&[], &[]), false);
        assert!(ledger.accounts.is_empty() && ledger.entered.is_empty());
    }
}
