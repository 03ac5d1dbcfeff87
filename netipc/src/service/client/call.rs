//! A call: one request, one response.

use netipc_codec::{Answers, Encode, MethodMessage};
use netipc_transport::{Deadline, Message};

use super::connection::Connection;
use super::exchange::Outgoing;
use super::growth::Budget;
use super::{CallError, Client};

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// One request, one response, by then or in as much time as is configured.
    pub(super) fn call_by(
        &mut self,
        request: impl Encode<Message = Req>,
        until: Option<Deadline>,
    ) -> Result<Resp::View<'_>, CallError> {
        let result = self.exchange_single(&request, until);
        self.connection.end(result)?;
        Ok(Resp::view(self.connection.payload()))
    }

    /// The request goes out, a response that decodes comes back and is the session's payload.
    fn exchange_single(
        &mut self,
        request: &impl Encode<Message = Req>,
        until: Option<Deadline>,
    ) -> Result<(), CallError> {
        let Self { connection, request: buffer, .. } = self;
        let deadline = connection.begin(until)?;
        let payload = encode(connection, buffer, request)?;
        let check = |response: &Message<'_>| check_single::<Resp>(response);
        connection.exchange(Req::METHOD, Outgoing::Single(payload), check, &mut Budget::new(), deadline)
    }
}

/// The request's payload, in a buffer that is kept as long as the longest so far.
fn encode<'a>(
    connection: &Connection,
    buffer: &'a mut Vec<u8>,
    request: &impl Encode,
) -> Result<&'a [u8], CallError> {
    let bytes = request.encoded_len();
    connection.check_request_len(bytes)?;
    if buffer.len() < bytes {
        buffer.resize(bytes, 0);
    }
    let bytes = request.encode(buffer)?;
    Ok(buffer.get(..bytes).unwrap_or_default())
}

/// An OK response to a single request.
pub(super) fn check_single<Resp: MethodMessage>(response: &Message<'_>) -> Result<(), CallError> {
    if response.header.is_batch() {
        return Err(CallError::WrongItemCount {
            expected: 1,
            found: response.header.item_count,
            batch: true,
        });
    }
    Ok(Resp::check(response.payload)?)
}
