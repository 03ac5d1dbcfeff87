//! One call: exchange, and what is done about failures.

use netipc_codec::{Answers, Encode, MethodMessage};
use netipc_transport::{ClientSession, ConnectError, Deadline, Status};

use super::error::Remedy;
use super::{CallError, Client, ClientState};

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// Makes a session; there is none.
    pub(super) fn connect(&mut self, deadline: Deadline) -> Result<(), ConnectError> {
        let options = self.config.connect_options::<Req>();
        let session = ClientSession::connect(&self.endpoint, &options, deadline, &self.abort)?;
        self.session = Some(session);
        self.status.state = ClientState::Ready;
        self.status.reconnects += u64::from(self.status.connects > 0);
        self.status.connects += 1;
        Ok(())
    }

    /// The request goes out, a response that decodes comes back and is the session's payload. Once more, over a new
    /// session, after a failure that this may cure.
    pub(super) fn exchange(
        &mut self,
        request: &impl Encode<Message = Req>,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        if self.abort.is_aborted() {
            self.end_session();
            return Err(CallError::Aborted);
        }
        let Err(error) = self.try_exchange(request, deadline) else { return Ok(()) };
        match error.remedy() {
            Remedy::Report => Err(error),
            Remedy::EndSession => {
                self.end_session();
                Err(error)
            }
            Remedy::Retry => {
                self.end_session();
                self.connect(deadline).map_err(|source| reconnect_error(error, source))?;
                self.try_exchange(request, deadline).inspect_err(|error| {
                    if error.remedy() != Remedy::Report {
                        self.end_session();
                    }
                })
            }
        }
    }

    fn try_exchange(
        &mut self,
        request: &impl Encode<Message = Req>,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        let Some(session) = &mut self.session else {
            return Err(CallError::NotReady { endpoint: self.endpoint.clone(), state: self.status.state });
        };
        let (bytes, limit) = (request.encoded_len(), session.agreed().max_request_payload_bytes);
        if u32::try_from(bytes).map_or(true, |bytes| bytes > limit) {
            return Err(CallError::RequestTooLarge { bytes, limit });
        }
        if self.request.len() < bytes {
            self.request.resize(bytes, 0);
        }
        let bytes = request.encode(&mut self.request)?;
        let payload = self.request.get(..bytes).unwrap_or_default();

        self.last_message_id += 1;
        session.send(Req::METHOD, self.last_message_id, payload, deadline)?;
        let response = session.receive(deadline)?;
        let (code, batch) = (response.header.code, response.header.is_batch());
        if code != Req::METHOD {
            return Err(CallError::WrongResponse { code, expected: Req::METHOD, batch });
        }
        match response.header.transport_status {
            Status::Ok => {}
            Status::LimitExceeded => {
                let limit = session.agreed().max_response_payload_bytes;
                return Err(CallError::ResponseTooLarge { limit });
            }
            status => return Err(CallError::Rejected(status)),
        }
        if batch {
            return Err(CallError::WrongResponse { code, expected: Req::METHOD, batch });
        }
        Ok(Resp::check(response.payload)?)
    }

    fn end_session(&mut self) {
        if self.session.take().is_some() {
            self.status.state = ClientState::Broken;
        }
    }
}

/// The deadline and the abort handle end a call the same way wherever they meet it.
fn reconnect_error(lost: CallError, source: ConnectError) -> CallError {
    match source {
        ConnectError::TimedOut { .. } => CallError::TimedOut,
        ConnectError::Aborted { .. } => CallError::Aborted,
        source => CallError::Reconnect { lost: Box::new(lost), source },
    }
}
