//! `netipc ping`

mod report;
mod statistics;

use std::time::Instant;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{Address, Pid};
use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupPath, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, IpToAsn, IpToAsnRequest, PidTraffic, PidTrafficRequest, StringReverse,
    StringReverseRef,
};
use netipc::transport::Profiles;
use netipc::{CallError, Client, Deadline};

use self::report::{Answer, Report};
use self::statistics::Statistics;
use super::connection::{Most, SNAPSHOT_BYTES, caller, connect, not_connected, why};
use crate::args::{Ping, ServiceName};
use crate::error::Failure;
use crate::signals::{Interrupt, until_interrupted};

/// Asks until it has asked as often as it should, or until a signal comes, and says what came of it.
pub(crate) fn run(args: &Ping) -> Result<(), Failure> {
    let snapshot = Most { response: SNAPSHOT_BYTES, ..Most::default() };
    let most = Most::default();
    match args.contract {
        ServiceName::Increment => ping::<Increment, Increment>(args, most, |client, deadline| {
            client.call_until(Increment { value: 0 }, deadline).map(|_| ())
        }),
        ServiceName::StringReverse => ping::<StringReverse, StringReverse>(args, most, |client, deadline| {
            client.call_until(StringReverseRef { text: b"" }, deadline).map(|_| ())
        }),
        ServiceName::CgroupsSnapshot => {
            ping::<CgroupsSnapshotRequest, CgroupsSnapshot>(args, snapshot, |client, deadline| {
                client.call_until(CgroupsSnapshotRequest {}, deadline).map(|_| ())
            })
        }
        ServiceName::PidTraffic => {
            ping::<PidTrafficRequest, PidTraffic>(args, snapshot, |client, deadline| {
                client.call_until(PidTrafficRequest {}, deadline).map(|_| ())
            })
        }
        // Lookups of nothing.
        ServiceName::CgroupsLookup => {
            ping::<CgroupsLookupRequest, CgroupsLookup>(args, most, |client, deadline| {
                client.call_lookup_until::<CgroupPath>(&[], deadline).map(|_| ())
            })
        }
        ServiceName::AppsLookup => ping::<AppsLookupRequest, AppsLookup>(args, most, |client, deadline| {
            client.call_lookup_until::<Pid>(&[], deadline).map(|_| ())
        }),
        ServiceName::IpToAsn => ping::<IpToAsnRequest, IpToAsn>(args, most, |client, deadline| {
            client.call_lookup_until::<Address>(&[], deadline).map(|_| ())
        }),
    }
}

fn ping<Req: MethodMessage, Resp: Answers<Req>>(
    args: &Ping,
    most: Most,
    ask: impl Fn(&mut Client<Req, Resp>, Deadline) -> Result<(), CallError>,
) -> Result<(), Failure> {
    let (endpoint, config) = caller(&args.caller, &args.contract.name(), most, args.timeout)?;
    until_interrupted(|interrupt| {
        let mut client = Client::new(endpoint, config);
        let abort = client.abort_handle();
        interrupt.then(move || abort.abort());
        // What is not there now may never be; what was there once is waited for.
        if let Err(failure) = connect(&mut client) {
            return Err(interrupt.signal().map_or(failure, Failure::Interrupted));
        }
        let report = Report { json: args.json, service: args.contract.name() };
        report.begin(client.endpoint(), args.interval)?;
        let statistics = ask_again_and_again(args, &mut client, &report, interrupt, ask)?;
        report.end(&statistics)?;
        // What is to be said about it stands in the summary.
        if statistics.answered() == 0 { Err(Failure::Reported) } else { Ok(()) }
    })
}

fn ask_again_and_again<Req: MethodMessage, Resp: Answers<Req>>(
    args: &Ping,
    client: &mut Client<Req, Resp>,
    report: &Report,
    interrupt: &Interrupt,
    ask: impl Fn(&mut Client<Req, Resp>, Deadline) -> Result<(), CallError>,
) -> Result<Statistics, Failure> {
    let mut statistics = Statistics::new()?;
    let mut sessions = sessions_lost(client);
    for number in 1.. {
        let start = Instant::now();
        let answer = ask_once(client, Deadline::after(args.timeout), &ask);
        let time = start.elapsed();
        if answer.is_err() && interrupt.signal().is_some() {
            // Nobody waits for this one any more.
            break;
        }
        match answer {
            Ok(()) => {
                statistics.answered_after(time);
                let before = std::mem::replace(&mut sessions, sessions_lost(client));
                let profile = client.status().session.map_or(Profiles::NONE, |session| session.profile);
                report.answer(number, &Answer { time, profile, reconnected: sessions > before })?;
            }
            Err(why) => {
                statistics.lost();
                report.lost(number, &why)?;
            }
        }
        if args.count == Some(number) || interrupt.wait(args.interval.saturating_sub(start.elapsed()))? {
            break;
        }
    }
    Ok(statistics)
}

/// One request, over a new session if there is none; or why there is no answer.
fn ask_once<Req: MethodMessage, Resp: Answers<Req>>(
    client: &mut Client<Req, Resp>,
    deadline: Deadline,
    ask: impl Fn(&mut Client<Req, Resp>, Deadline) -> Result<(), CallError>,
) -> Result<(), String> {
    client.refresh();
    match client.connect_error() {
        Some(error) if !client.is_ready() => Err(not_connected(error).to_string()),
        _ => ask(client, deadline).map_err(|error| why(&error)),
    }
}

/// Sessions that were made again though nothing had to grow.
fn sessions_lost<Req: MethodMessage, Resp: Answers<Req>>(client: &Client<Req, Resp>) -> u64 {
    let status = client.status();
    status.reconnects.saturating_sub(status.growths)
}
