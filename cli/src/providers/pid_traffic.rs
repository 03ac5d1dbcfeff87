//! `pid-traffic`: what each process has sent and received.

use std::io;
use std::time::Duration;

use netipc::HandlerResult;
use netipc::messages::{PidTrafficBuilder, ProcessTrafficRef};
use rustix::time::{ClockId, clock_gettime};

use super::fresh::{Fresh, Reading, Source};
use super::host::HostRoot;
use super::incomplete::Incomplete;
use super::traffic::{Account, Meter, Unseen};

/// Tells what processes have sent and received.
pub(crate) struct PidTrafficProvider {
    traffic: Fresh<Traffic, Source<Traffic>>,
}

/// One reading of the counters.
struct Traffic {
    /// Nanoseconds since boot.
    read_at: u64,
    accounts: Vec<Account>,
}

impl Reading for Traffic {
    fn publishes_the_same_as(&self, _: &Self) -> bool {
        // Another reading, at another time.
        false
    }
}

impl PidTrafficProvider {
    /// A provider whose answers are no older than `refresh`. Says on stderr what it cannot see.
    ///
    /// # Errors
    /// The counters cannot be read: what makes every call fail is better known before the first.
    pub(crate) fn new(host: &HostRoot, refresh: Duration) -> io::Result<Self> {
        let mut meter = Meter::new(host);
        let mut incomplete = Incomplete::new("the traffic");
        let read = move || {
            let read_at = since_boot();
            let (accounts, unseen) = meter.read()?;
            say(&mut incomplete, unseen);
            Ok(Traffic { read_at, accounts })
        };
        let traffic = Fresh::new(refresh, Box::new(read) as Source<Traffic>);
        traffic.current()?;
        Ok(Self { traffic })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The counters cannot be read; the answer does not fit.
    pub(crate) fn respond(&self, response: &mut PidTrafficBuilder<'_>) -> HandlerResult {
        let look = self.traffic.current()?;
        response.generation(look.published.generation);
        response.read_at(look.published.value.read_at);
        for Account { pid, stat, total } in &look.published.value.accounts {
            response.processes().push(ProcessTrafficRef {
                pid: *pid,
                starttime: stat.starttime,
                bytes_received: total.bytes_received,
                bytes_sent: total.bytes_sent,
                packets_received: total.packets_received,
                packets_sent: total.packets_sent,
                comm: &stat.comm,
            })?;
        }
        Ok(())
    }
}

fn say(incomplete: &mut Incomplete, unseen: Unseen) {
    incomplete.say(&[
        ("processes that cannot be read", unseen.unreadable_processes),
        ("processes that /proc hides, at least", unseen.hidden.into()),
        ("processes that show their open files to root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, only", unseen.unreadable_files),
        ("processes in other network namespaces", unseen.elsewhere),
        ("closed connections of which it was not seen who had them", unseen.nobodys),
        ("overflows of the kernel's list of closed connections", unseen.overflows),
    ]);
}

/// Nanoseconds since boot, suspended time included.
fn since_boot() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    let (seconds, nanoseconds) = (u64::try_from(now.tv_sec), u64::try_from(now.tv_nsec));
    seconds.unwrap_or_default().saturating_mul(1_000_000_000).saturating_add(nanoseconds.unwrap_or_default())
}
