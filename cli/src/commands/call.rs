//! `netipc call`

use netipc::Encode;
use netipc::messages::{
    CgroupsSnapshot, CgroupsSnapshotRequest, Increment, PidTraffic, PidTrafficRequest, StringReverse,
    StringReverseRef,
};
use netipc::transport::defaults;

use super::connection::{Most, SNAPSHOT_BYTES, services};
use super::lookup;
use super::one_call::client;
use crate::args::{Call, CallService};
use crate::error::Failure;
use crate::{json, lookups, output, snapshot};

/// Calls once and prints the answer.
pub(crate) fn run(args: &Call) -> Result<(), Failure> {
    match &args.service {
        CallService::CgroupsSnapshot => {
            let most = Most { response: SNAPSHOT_BYTES, ..Most::default() };
            let mut client =
                client::<CgroupsSnapshotRequest, CgroupsSnapshot>(args, services::CGROUPS_SNAPSHOT, most)?;
            let answer = client.call(CgroupsSnapshotRequest {})?;
            if args.json {
                return output::json(&snapshot::json(answer, usize::MAX));
            }
            output::table(snapshot::table(answer, usize::MAX))?;
            output::line(format_args!("\n{}", snapshot::summary(answer)))
        }
        CallService::CgroupsLookup { paths } => lookup::cgroups(args, paths),
        CallService::AppsLookup { pids } => lookup::apps(args, pids),
        CallService::IpToAsn { addresses } => lookup::networks(args, addresses),
        CallService::PidTraffic => {
            let most = Most { response: SNAPSHOT_BYTES, ..Most::default() };
            let mut client = client::<PidTrafficRequest, PidTraffic>(args, services::PID_TRAFFIC, most)?;
            let answer = client.call(PidTrafficRequest {})?;
            if args.json {
                return output::json(&json::shown(&answer.to_owned()));
            }
            output::table(lookups::traffic(answer))?;
            let count = answer.processes().len();
            output::line(format_args!("\n{}", lookups::summary("process", count, answer.generation())))
        }
        CallService::Increment { value } => {
            let mut client = client::<Increment, Increment>(args, services::INCREMENT, Most::default())?;
            let answer = client.call(Increment { value: *value })?;
            if args.json {
                output::json(&json::shown(&answer.to_owned()))
            } else {
                output::line(answer.value())
            }
        }
        CallService::StringReverse { text } => {
            let request = StringReverseRef { text: text.as_encoded_bytes() };
            let most = Most { request: proposal(request.encoded_len()), ..Most::default() };
            let mut client = client::<StringReverse, StringReverse>(args, services::STRING_REVERSE, most)?;
            let answer = client.call(request)?;
            if args.json {
                output::json(&json::shown(&answer.to_owned()))
            } else {
                output::line(output::printable(answer.text()))
            }
        }
    }
}

/// What to propose for a request of so many bytes: providers that were configured with nothing may refuse more than
/// the contract's default, so that only a longer one is worth it.
fn proposal(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX).max(defaults::MAX_REQUEST_PAYLOAD_BYTES)
}
