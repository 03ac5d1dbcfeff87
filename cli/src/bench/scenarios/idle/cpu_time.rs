//! How much CPU time a process takes. Windows tells nobody how often one wakes up.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::super::cpus::cpu_time;
use super::super::super::report::rounded;
use super::Peer;
use crate::error::Failure;

/// CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super::super) struct Activity(Duration);

impl Activity {
    /// What JSON has, of this process and of the peer.
    pub(in super::super::super) const FIELDS: [&str; 2] = ["cpu_client", "cpu_server"];

    /// What the table has.
    pub(in super::super::super) const COLUMNS: [&str; 2] = ["CPU", "PEER CPU"];

    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
    pub(super) fn own() -> Result<Self, Failure> {
        Ok(Self(cpu_time()))
    }

    pub(super) fn of(peer: &mut Peer) -> Result<Self, Failure> {
        peer.cpu_time().map(Self)
    }

    pub(super) fn since(self, before: Self) -> Self {
        Self(self.0.saturating_sub(before.0))
    }

    /// The pause of the thread that asks takes next to none.
    pub(super) fn since_before_a_pause(self, before: Self) -> Self {
        self.since(before)
    }

    pub(super) fn is_none(self) -> bool {
        self.0.is_zero()
    }

    /// As JSON has it: in a second, where this was in so much time.
    pub(in super::super::super) fn json(self, time: Duration) -> Value {
        json!(rounded(self.0.div_duration_f64(time), 3))
    }

    /// As the table has it.
    pub(in super::super::super) fn cell(self, time: Duration) -> String {
        format!("{:.3}", self.0.div_duration_f64(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_as_a_share_of_the_time() {
        let activity = Activity(Duration::from_millis(30)).since(Activity(Duration::from_millis(10)));
        assert_eq!(activity.json(Duration::from_secs(2)), json!(0.01));
        assert_eq!(activity.cell(Duration::from_secs(2)), "0.010");
        assert!(!activity.is_none());
        assert!(activity.since(activity).is_none());
    }
}
