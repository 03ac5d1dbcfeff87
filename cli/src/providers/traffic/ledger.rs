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

/// What was entered so far. It has no more than all sockets and all processes of the last two readings.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Sockets by their cookies.
    entered: HashMap<u64, Entry>,
    accounts: HashMap<u32, Account>,
}

/// A socket that somebody has had.
#[derive(Debug)]
struct Entry {
    /// What it had carried when it was last entered.
    counters: Counters,
    /// Whoever was last seen to have it, by id and start.
    owner: (u32, u64),
    /// Readings that have missed it.
    missed: u8,
}

/// Readings for which a socket is remembered that is no longer in the list: the kernel takes it from there first, and
/// tells that it is closed a moment later.
const MISSED: u8 = 2;

impl Ledger {
    /// Enters what sockets have carried since the last time: all that are open, and then those that were closed, with
    /// their last counters. Gives the number of closed ones that have carried something and that nobody was ever seen to
    /// have. `unsure` says that some processes may live that are not among `holders`: then nobody's account is closed but
    /// those of ids that are in use again.
    pub(super) fn enter(
        &mut self,
        open: &[Socket],
        closed: &[Socket],
        holders: &Holders,
        unsure: bool,
    ) -> u64 {
        self.accounts.retain(|pid, account| {
            holders.processes.get(pid).map_or(unsure, |stat| stat.starttime == account.stat.starttime)
        });
        for entry in self.entered.values_mut() {
            entry.missed += 1;
        }
        for socket in open {
            self.enter_open(socket, holders);
        }
        let mut nobodys = 0;
        for Socket { cookie, counters, .. } in closed {
            match self.entered.remove(cookie) {
                Some(before) => self.credit(before.owner, before.counters, *counters),
                None => nobodys += u64::from(*counters != Counters::default()),
            }
        }
        self.entered.retain(|_, entry| entry.missed < MISSED);
        nobodys
    }

    fn enter_open(&mut self, Socket { cookie, inode, counters }: &Socket, holders: &Holders) {
        let holder = holders.sockets.get(inode);
        let holder = holder.and_then(|pid| Some((*pid, holders.processes.get(pid)?)));
        let known = self.entered.get(cookie);
        let owner = match holder {
            Some((pid, stat)) => {
                let new = || Account { pid, stat: stat.clone(), total: Counters::default() };
                let account = self.accounts.entry(pid).or_insert_with(new);
                // A process may have another name by now.
                account.stat.clone_from(stat);
                (pid, stat.starttime)
            }
            // Closed by its owner, who has still something under way; or opened by somebody unseen, or not accepted yet:
            // whoever is found to have it later gets all of it.
            None => match known {
                Some(known) => known.owner,
                None => return,
            },
        };
        let before = known.map_or_else(Counters::default, |known| known.counters);
        self.credit(owner, before, *counters);
        self.entered.insert(*cookie, Entry { counters: *counters, owner, missed: 0 });
    }

    /// Adds to a process's account, if it lives.
    fn credit(&mut self, (pid, starttime): (u32, u64), before: Counters, now: Counters) {
        if let Some(account) = self.accounts.get_mut(&pid)
            && account.stat.starttime == starttime
        {
            add(&mut account.total, before, now);
        }
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
    let backwards = |before, now| packets(before, now) > u64::from(u32::MAX / 2);
    // All of them do so when a socket is disconnected and connected anew.
    let anew = backwards(before.packets_received, now.packets_received)
        || backwards(before.packets_sent, now.packets_sent);
    let before = if anew { Counters::default() } else { before };
    let sum = |total: &mut u64, more: u64| *total = total.saturating_add(more);
    // What is sent goes back a little where sending something again has failed.
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

    fn closed(cookie: u64, sent: u64) -> Socket {
        Socket { inode: 0, ..socket(cookie, sent) }
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
        ledger.enter(&[socket(1, 10), socket(2, 5), socket(3, 0)], &[], &holders, false);
        assert_eq!(sent(&ledger), [(7, 15)]);
        ledger.enter(&[socket(1, 12), socket(2, 5), socket(3, 1)], &[], &holders, false);
        assert_eq!(sent(&ledger), [(7, 17), (8, 1)]);
    }

    #[test]
    fn a_socket_that_is_closed_takes_nothing_away() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[(1, 7), (2, 7)]);
        ledger.enter(&[socket(1, 10)], &[], &holders, false);
        ledger.enter(&[], &[], &holders, false);
        assert_eq!(sent(&ledger), [(7, 10)]);
        ledger.enter(&[socket(2, 3)], &[], &holders, false);
        assert_eq!(sent(&ledger), [(7, 13)]);
    }

    #[test]
    fn a_socket_that_changes_hands_is_not_counted_twice() {
        let mut ledger = Ledger::default();
        let processes = [(7, 1), (8, 2)];
        ledger.enter(&[socket(1, 10)], &[], &holders(&processes, &[(1, 7)]), false);
        ledger.enter(&[socket(1, 11)], &[], &holders(&processes, &[]), false);
        ledger.enter(&[socket(1, 15)], &[], &holders(&processes, &[(1, 8)]), false);
        assert_eq!(sent(&ledger), [(7, 11), (8, 4)], "between the two it was still the first one's");
    }

    #[test]
    fn what_a_socket_carried_before_anybody_had_it_is_its_first_owners() {
        let mut ledger = Ledger::default();
        ledger.enter(&[socket(1, 10)], &[], &holders(&[(7, 1)], &[]), false);
        ledger.enter(&[socket(1, 11)], &[], &holders(&[(7, 1)], &[(1, 7)]), false);
        assert_eq!(sent(&ledger), [(7, 11)]);
    }

    #[test]
    fn a_closed_socket_brings_its_owner_the_rest_and_only_once() {
        let mut ledger = Ledger::default();
        let processes = [(7, 1)];
        let (held, free) = (holders(&processes, &[(1, 7), (2, 7), (3, 7)]), holders(&processes, &[]));
        ledger.enter(&[socket(1, 10), socket(2, 10), socket(3, 10)], &[], &held, false);
        // The second is closed between the list and the news of what is closed, the third is neither here nor there.
        let closed = [closed(1, 15), closed(2, 12)];
        assert_eq!(ledger.enter(&[socket(2, 11)], &closed, &free, false), 0);
        assert_eq!(sent(&ledger), [(7, 15 + 12 + 10)]);
        assert_eq!(ledger.enter(&[], &[self::closed(3, 13)], &free, false), 0);
        assert_eq!(sent(&ledger), [(7, 15 + 12 + 13)]);
        assert!(ledger.entered.is_empty());
    }

    #[test]
    fn a_closed_socket_that_nobody_had_is_counted_unless_it_is_empty() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[]);
        assert_eq!(ledger.enter(&[], &[closed(1, 5), closed(2, 0)], &holders, false), 1);
        assert!(sent(&ledger).is_empty());
    }

    #[test]
    fn a_closed_socket_brings_the_next_process_of_that_id_nothing() {
        let mut ledger = Ledger::default();
        ledger.enter(&[socket(1, 10), socket(2, 1)], &[], &holders(&[(7, 1)], &[(1, 7), (2, 7)]), false);
        ledger.enter(&[socket(3, 3)], &[closed(1, 15)], &holders(&[(7, 2)], &[(3, 7)]), false);
        assert_eq!(sent(&ledger), [(7, 3)]);
    }

    #[test]
    fn a_socket_that_is_gone_without_a_word_is_forgotten() {
        let mut ledger = Ledger::default();
        ledger.enter(&[socket(1, 10)], &[], &holders(&[(7, 1)], &[(1, 7)]), false);
        for _ in 0..MISSED {
            assert_eq!(ledger.entered.len(), 1);
            ledger.enter(&[], &[], &holders(&[(7, 1)], &[]), false);
        }
        assert!(ledger.entered.is_empty());
        assert_eq!(sent(&ledger), [(7, 10)]);
    }

    #[test]
    fn counters_never_go_backwards_and_packets_begin_again_at_0() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[(1, 7)]);
        let with = |sent, packets| {
            let counters = Counters { bytes_sent: sent, packets_sent: packets, ..Counters::default() };
            [Socket { counters, ..socket(1, 0) }]
        };
        ledger.enter(&with(10, u64::from(u32::MAX)), &[], &holders, false);
        ledger.enter(&with(9, 1), &[], &holders, false);
        let total = ledger.accounts()[0].total;
        assert_eq!((total.bytes_sent, total.packets_sent), (10, u64::from(u32::MAX) + 2));
    }

    #[test]
    fn a_socket_that_is_connected_anew_counts_from_0() {
        let mut ledger = Ledger::default();
        let holders = holders(&[(7, 1)], &[(1, 7)]);
        for sent in [1000, 5, 7] {
            ledger.enter(&[socket(1, sent)], &[], &holders, false);
        }
        let total = ledger.accounts()[0].total;
        assert_eq!((total.bytes_sent, total.packets_sent), (1007, 1007));
    }

    #[test]
    fn a_process_that_has_ended_is_forgotten_and_its_id_begins_anew() {
        let mut ledger = Ledger::default();
        ledger.enter(&[socket(1, 10)], &[], &holders(&[(7, 1)], &[(1, 7)]), false);
        ledger.enter(&[socket(2, 3)], &[], &holders(&[(7, 2)], &[(2, 7)]), false);
        assert_eq!(sent(&ledger), [(7, 3)]);
        ledger.enter(&[], &[], &holders(&[], &[]), true);
        assert_eq!(sent(&ledger), [(7, 3)], "it may live unseen");
        ledger.enter(&[], &[], &holders(&[], &[]), false);
        assert!(ledger.accounts.is_empty() && ledger.entered.is_empty(), "{ledger:?}");
    }
}
