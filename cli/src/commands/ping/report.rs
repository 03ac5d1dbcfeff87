//! What is printed: lines for people, objects for programs.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use netipc::Endpoint;
use netipc::transport::Profiles;
use serde_json::json;

use super::statistics::{Statistics, Times};
use crate::colour::{are_wanted, painted};
use crate::error::Failure;
use crate::output::{self, nanoseconds};

const LOST: Style = AnsiColor::Red.on_default();
const NOTE: Style = AnsiColor::Yellow.on_default();

/// Where to, and what about.
pub(super) struct Report {
    pub(super) json: bool,
    pub(super) service: String,
}

/// An answer.
pub(super) struct Answer {
    /// From the request to it.
    pub(super) time: Duration,
    pub(super) profile: Profiles,
    /// Whether the session is another one than that of the answer before.
    pub(super) reconnected: bool,
}

impl Report {
    pub(super) fn begin(&self, endpoint: &Endpoint, interval: Duration) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        output::line(format_args!("{} at {endpoint}, a request every {interval:?}", self.service))
    }

    pub(super) fn answer(&self, number: u64, answer: &Answer) -> Result<(), Failure> {
        let Answer { time, profile, reconnected } = answer;
        if self.json {
            return output::json_line(&json!({
                "seq": number,
                "profile": profile.to_string(),
                "ns": nanoseconds(*time),
                "reconnected": reconnected,
            }));
        }
        let note = if *reconnected {
            painted("  connected again: the provider was gone", NOTE, are_wanted())
        } else {
            String::new()
        };
        output::line(format_args!("seq {number}  {time:.1?}  {profile}{note}"))
    }

    pub(super) fn lost(&self, number: u64, why: &str) -> Result<(), Failure> {
        if self.json {
            return output::json_line(&json!({ "seq": number, "error": why }));
        }
        let lost = painted(format_args!("no answer: {why}"), LOST, are_wanted());
        output::line(format_args!("seq {number}  {lost}"))
    }

    pub(super) fn end(&self, statistics: &Statistics) -> Result<(), Failure> {
        let (sent, answered, lost) = (statistics.sent(), statistics.answered(), statistics.number_lost());
        let times = statistics.times();
        if self.json {
            let ns = |of: fn(&Times) -> Duration| times.as_ref().map(|times| nanoseconds(of(times)));
            return output::json_line(&json!({
                "sent": sent,
                "answered": answered,
                "lost": lost,
                "min_ns": ns(|times| times.min),
                "avg_ns": ns(|times| times.avg),
                "max_ns": ns(|times| times.max),
                "p99_ns": ns(|times| times.p99),
            }));
        }
        output::line(format_args!("\n{sent} sent, {answered} answered, {lost} lost"))?;
        let Some(Times { min, avg, max, p99 }) = times else { return Ok(()) };
        output::line(format_args!(
            "there and back: min {min:.1?}, avg {avg:.1?}, max {max:.1?}, p99 {p99:.1?}"
        ))
    }
}
