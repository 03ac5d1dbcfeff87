//! What the soak has seen, in sum.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use netipc::ClientStatus;

#[derive(Default)]
pub(crate) struct Tally(Mutex<Sums>);

#[derive(Default)]
struct Sums {
    calls: u64,
    errors: u64,
    connects: u64,
    retries: u64,
    growths: u64,
    answers: u64,
    reads: u64,
    kills: u64,
    ends: u64,
    refusals: BTreeMap<String, u64>,
}

impl Tally {
    /// A call or a connection failed, as it may.
    pub(crate) fn refusal(&self, kind: &str) {
        let mut sums = self.0.lock().unwrap();
        if let Some(count) = sums.refusals.get_mut(kind) {
            *count += 1;
        } else {
            sums.refusals.insert(kind.to_owned(), 1);
        }
    }

    /// A client has ended, after so many right answers.
    pub(crate) fn client(&self, status: &ClientStatus, answers: u64) {
        let mut sums = self.0.lock().unwrap();
        sums.calls += status.calls;
        sums.errors += status.errors;
        sums.connects += status.connects;
        sums.retries += status.retries;
        sums.growths += status.growths;
        sums.answers += answers;
    }

    /// A reader of a cache has ended, which has looked so often.
    pub(crate) fn reader(&self, reads: u64) {
        self.0.lock().unwrap().reads += reads;
    }

    /// The provider was killed so often, and has ended in order so often.
    pub(crate) fn provider(&self, kills: u64, ends: u64) {
        let mut sums = self.0.lock().unwrap();
        (sums.kills, sums.ends) = (kills, ends);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sums = self.0.lock().unwrap();
        write!(
            f,
            "soak: {} calls, {} right answers, {} failures, {} sessions, {} retries, {} growths, {} reads of caches; the \
             provider was killed {} times and ended {} times in order; refused or lost: ",
            sums.calls,
            sums.answers,
            sums.errors,
            sums.connects,
            sums.retries,
            sums.growths,
            sums.reads,
            sums.kills,
            sums.ends,
        )?;
        for (index, (kind, count)) in sums.refusals.iter().enumerate() {
            write!(f, "{}{count} {kind}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
