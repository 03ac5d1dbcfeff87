//! One message out, one back, and what is done about failures.
//!
//! Contract: `docs/contract/service.md`, "A call".

use netipc_transport::{Batch, Deadline, Message, Status};

use super::connection::Connection;
use super::error::Remedy;
use super::growth::Budget;
use super::{CallError, Side};
use crate::service::events;

/// A request that is ready to be sent, as often as that takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outgoing<'a> {
    /// One payload.
    Single(&'a [u8]),
    /// Several items in one message.
    Batch(Batch<'a>),
}

impl<'a> Outgoing<'a> {
    fn payload(self) -> &'a [u8] {
        match self {
            Self::Single(payload) => payload,
            Self::Batch(batch) => batch.payload(),
        }
    }
}

impl Connection {
    /// The request goes out, a response that `check` accepts comes back and is the session's
    /// [`payload`](Self::payload). Failures that another session may cure are tried there, as far as `budget` goes.
    pub(super) fn exchange(
        &mut self,
        method: u16,
        request: Outgoing<'_>,
        check: impl Fn(&Message<'_>) -> Result<(), CallError>,
        budget: &mut Budget,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        loop {
            let Err(error) = self.try_exchange(method, request, &check, deadline) else { return Ok(()) };
            match error.remedy() {
                Remedy::Report => return Err(error),
                Remedy::GrowRequest { bytes } => self.grow_request(error, bytes, budget, deadline)?,
                Remedy::GrowResponse => self.grow_response(error, budget, deadline)?,
                Remedy::Retry if budget.take_retry() => {
                    self.reconnect(error, deadline)?;
                    self.status.retries += 1;
                }
                Remedy::Retry | Remedy::EndSession => {
                    self.break_session();
                    return Err(error);
                }
            }
        }
    }

    fn try_exchange(
        &mut self,
        method: u16,
        request: Outgoing<'_>,
        check: impl Fn(&Message<'_>) -> Result<(), CallError>,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        let limit = self.request_limit();
        let Some(session) = &mut self.session else {
            return Err(CallError::NotReady { endpoint: self.endpoint.clone(), state: self.status.state });
        };
        let bytes = request.payload().len();
        if u32::try_from(bytes).map_or(true, |bytes| bytes > limit) {
            return Err(CallError::RequestTooLarge { bytes, limit, side: Side::Server });
        }
        self.last_message_id += 1;
        match request {
            Outgoing::Single(payload) => session.send(method, self.last_message_id, payload, deadline)?,
            Outgoing::Batch(batch) => session.send_batch(method, self.last_message_id, &batch, deadline)?,
        }
        let response_limit = session.agreed().max_response_payload_bytes;
        let response = session.receive(deadline)?;
        let (code, status) = (response.header.code, response.header.transport_status);
        if code != method {
            return Err(CallError::WrongResponse { code, expected: method });
        }
        match status {
            Status::Ok => check(&response),
            Status::LimitExceeded => Err(CallError::ResponseTooLarge { limit: response_limit }),
            status => Err(CallError::Rejected(status)),
        }
    }

    /// Another session that allows a request of so many bytes, or the error, with the session that there was before
    /// or one like it.
    pub(super) fn grow_request(
        &mut self,
        error: CallError,
        bytes: usize,
        budget: &mut Budget,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        let before = self.request_limit();
        if !budget.take_growth() || !self.growth.raise(bytes) {
            return Err(error);
        }
        let error = self.reconnect(error, deadline)?;
        self.grown(self.request_limit() > before, error)
    }

    /// Another session, which allows larger responses if the server has learned to, or the error.
    fn grow_response(
        &mut self,
        error: CallError,
        budget: &mut Budget,
        deadline: Deadline,
    ) -> Result<(), CallError> {
        let before = self.response_limit();
        if before >= self.config.response_ceiling() || !budget.take_growth() {
            // Whoever has said so closes.
            self.break_session();
            return Err(error);
        }
        let error = self.reconnect(error, deadline)?;
        self.grown(self.response_limit() > before, error)
    }

    fn grown(&mut self, grown: bool, error: CallError) -> Result<(), CallError> {
        if !grown {
            return Err(error);
        }
        self.status.growths += 1;
        if let Some(session) = &self.session {
            events::grown(&self.endpoint, session.agreed());
        }
        Ok(())
    }
}
