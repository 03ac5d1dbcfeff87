//! `netipc call`

use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest, Increment, StringReverse, StringReverseRef};
use netipc::transport::defaults;
use netipc::{Client, ClientConfig, Deadline, Encode};

use super::connection::{SNAPSHOT_BYTES, connect, endpoint, profiles, services};
use crate::args::{Call, CallService};
use crate::error::Failure;
use crate::{json, output, snapshot};

/// How long a call may take where the command line says nothing: the library's own default for a call.
const TIMEOUT: Duration = Duration::from_secs(30);

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
            output::table(&snapshot::table(answer, usize::MAX))?;
            output::line(format_args!("\n{}", snapshot::summary(answer)))
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
            let request = StringReverseRef { text: text.as_bytes() };
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

/// Bytes of payloads where the command line says nothing; 0 leaves it to the library.
#[derive(Clone, Copy, Default)]
struct Most {
    request: u32,
    response: u32,
}

/// What to propose for a request of so many bytes: providers that were configured with nothing may refuse more than
/// the contract's default, so that only a longer one is worth it.
fn proposal(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX).max(defaults::MAX_REQUEST_PAYLOAD_BYTES)
}

/// A client for one call, and the time until which it must be over.
struct OneCall<Req: MethodMessage, Resp: Answers<Req>> {
    client: Client<Req, Resp>,
    deadline: Deadline,
}

/// A client that is not connected yet.
fn client<Req: MethodMessage, Resp: Answers<Req>>(
    args: &Call,
    contract_name: &str,
    most: Most,
) -> Result<OneCall<Req, Resp>, Failure> {
    let (endpoint, run_dir) = endpoint(&args.endpoint, contract_name)?;
    run_dir.verify()?;
    let timeout = args.timeout.unwrap_or(TIMEOUT);
    let config = ClientConfig {
        auth_token: args.endpoint.auth_token,
        supported_profiles: profiles(args.session.profile)?,
        max_request_payload_bytes: args.session.max_request_payload.unwrap_or(most.request),
        max_response_payload_bytes: args.session.max_response_payload.unwrap_or(most.response),
        packet_size: args.session.packet_size.unwrap_or_default(),
        handshake_timeout: timeout,
        ..ClientConfig::default()
    };
    Ok(OneCall { client: Client::new(endpoint, config), deadline: Deadline::after(timeout) })
}

impl<Req: MethodMessage, Resp: Answers<Req>> OneCall<Req, Resp> {
    fn call(&mut self, request: impl Encode<Message = Req>) -> Result<Resp::View<'_>, Failure> {
        connect(&mut self.client)?;
        let endpoint = self.client.endpoint().clone();
        self.client
            .call_until(request, self.deadline)
            .map_err(|error| Failure::because(format_args!("the call of {endpoint} failed"), &error))
    }
}
