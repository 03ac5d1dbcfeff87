//! Calling once: a client that connects, calls and is gone.

use std::time::Duration;

use netipc::codec::{Answers, LookupItem, LookupResponse, MethodMessage};
use netipc::{CallError, Client, ClientConfig, Deadline, Encode, Endpoint};

use super::connection::{connect, endpoint, profiles};
use crate::args::Call;
use crate::error::Failure;

/// How long a call may take where the command line says nothing: the library's own default for a call.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of payloads where the command line says nothing; 0 leaves it to the library.
#[derive(Clone, Copy, Default)]
pub(super) struct Most {
    pub(super) request: u32,
    pub(super) response: u32,
}

/// A client for one call, and the time until which it must be over.
pub(super) struct OneCall<Req: MethodMessage, Resp: Answers<Req>> {
    client: Client<Req, Resp>,
    deadline: Deadline,
}

/// A client that is not connected yet.
pub(super) fn client<Req: MethodMessage, Resp: Answers<Req>>(
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
    /// Calls.
    pub(super) fn call(&mut self, request: impl Encode<Message = Req>) -> Result<Resp::View<'_>, Failure> {
        connect(&mut self.client)?;
        let endpoint = self.client.endpoint().clone();
        self.client.call_until(request, self.deadline).map_err(|error| failed(&endpoint, &error))
    }

    /// Looks keys up.
    pub(super) fn look_up<K>(&mut self, keys: &[K]) -> Result<Resp::View<'_>, Failure>
    where
        Resp: LookupResponse<Request = Req>,
        K: Encode<Message = <Resp::Item as LookupItem>::Key>,
    {
        connect(&mut self.client)?;
        let endpoint = self.client.endpoint().clone();
        self.client.call_lookup_until(keys, self.deadline).map_err(|error| failed(&endpoint, &error))
    }
}

fn failed(endpoint: &Endpoint, error: &CallError) -> Failure {
    Failure::because(format_args!("the call of {endpoint} failed"), error)
}
