//! `netipc call`

use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest, Increment, StringReverse, StringReverseRef};
use netipc::{Client, ClientConfig, Deadline, Encode};
use serde_json::json;

use super::connection::{SNAPSHOT_BYTES, connect, endpoint, profiles, services};
use crate::args::{Call, CallService};
use crate::error::Failure;
use crate::{output, snapshot};

/// How long a call may take where the command line says nothing: the library's own default for a call.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Calls once and prints the answer.
pub(crate) fn run(args: &Call) -> Result<(), Failure> {
    match &args.service {
        CallService::CgroupsSnapshot => {
            let mut client = client::<CgroupsSnapshotRequest, CgroupsSnapshot>(
                args,
                services::CGROUPS_SNAPSHOT,
                SNAPSHOT_BYTES,
            )?;
            let answer = client.call(CgroupsSnapshotRequest {})?;
            if args.json {
                return output::json(&snapshot::json(answer, usize::MAX));
            }
            output::table(&snapshot::table(answer, usize::MAX))?;
            output::line(format_args!("\n{}", snapshot::summary(answer)))
        }
        CallService::Increment { value } => {
            let mut client = client::<Increment, Increment>(args, services::INCREMENT, 0)?;
            let answer = client.call(Increment { value: *value })?.value();
            if args.json { output::json(&json!({ "value": answer })) } else { output::line(answer) }
        }
        CallService::StringReverse { text } => {
            let mut client = client::<StringReverse, StringReverse>(args, services::STRING_REVERSE, 0)?;
            let answer = client.call(StringReverseRef { text: text.as_bytes() })?.text();
            if args.json {
                output::json(&json!({ "str": output::json_bytes(answer) }))
            } else {
                output::line(output::printable(answer))
            }
        }
    }
}

/// A client for one call, and the time until which it must be over.
struct OneCall<Req: MethodMessage, Resp: Answers<Req>> {
    client: Client<Req, Resp>,
    deadline: Deadline,
}

/// A client that is not connected yet. `most` is the ceiling of responses where the command line names none.
fn client<Req: MethodMessage, Resp: Answers<Req>>(
    args: &Call,
    contract_name: &str,
    most: u32,
) -> Result<OneCall<Req, Resp>, Failure> {
    let (endpoint, run_dir) = endpoint(&args.endpoint, contract_name)?;
    run_dir.verify()?;
    let timeout = args.timeout.unwrap_or(TIMEOUT);
    let config = ClientConfig {
        auth_token: args.endpoint.auth_token,
        supported_profiles: profiles(args.session.profile)?,
        max_request_payload_bytes: args.session.max_request_payload.unwrap_or_default(),
        max_response_payload_bytes: args.session.max_response_payload.unwrap_or(most),
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
