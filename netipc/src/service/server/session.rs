//! The life of one session: receive, handle, answer.
//!
//! Contract: `docs/contract/service.md`, "Managed server".

use std::sync::Arc;

use netipc_codec::{Answers, MethodMessage};
use netipc_transport::{
    Deadline, Endpoint, MessageHeader, ReceiveError, ResponseLimit, ServerSession, Status,
};

use super::ServerConfig;
use super::acceptor::AcceptFailure;
use super::answer::{Responses, Unanswered};
use super::failure::in_one_line;
use super::handler::Handler;
use super::registry::Place;
use super::status::Counters;
use crate::service::events;

/// What all sessions of a server share.
pub(super) struct Shared<H> {
    pub(super) endpoint: Endpoint,
    pub(super) handler: H,
    pub(super) config: ServerConfig,
    pub(super) counters: Arc<Counters>,
    pub(super) response_limit: ResponseLimit,
}

/// Why a session ends.
enum End {
    /// The peer or the server has closed it.
    Closed,
    /// The message with this header gets this answer, and then it is closed.
    Refuse(MessageHeader, Status),
}

/// Serves a session until it ends. It keeps its `place` until everything else of it is gone.
pub(super) fn serve<Req, Resp, H>(place: &Place, mut session: ServerSession, shared: &Shared<H>)
where
    Req: MethodMessage,
    Resp: Answers<Req>,
    H: Handler<Req, Resp>,
{
    // The kernel notes the peer of every connected socket; without that nobody could be told who asks.
    let Ok(credentials) = session.peer_credentials() else { return };
    let (session_id, mut responses) = (session.session_id(), Responses::new(&session, credentials));
    events::session_begun(&shared.endpoint, session.agreed(), credentials);
    let end = loop {
        if let Err(end) = serve_one::<Req, Resp, H>(&mut session, place, &mut responses, shared) {
            break end;
        }
    };
    if let End::Refuse(header, status) = end {
        shared.reject(session_id, &header, status);
        // What is left to do is to let the answer arrive.
        place.end_request();
        // The answer may not get through any more; the session ends all the same.
        let _ = session.refuse(header, status, Deadline::after(shared.config.handshake_timeout()));
    }
    events::session_ended(&shared.endpoint, session_id);
}

/// Receives one message and answers it.
fn serve_one<Req, Resp, H>(
    session: &mut ServerSession,
    place: &Place,
    responses: &mut Responses,
    shared: &Shared<H>,
) -> Result<(), End>
where
    Req: MethodMessage,
    Resp: Answers<Req>,
    H: Handler<Req, Resp>,
{
    let session_id = session.session_id();
    let received = session.receive(Deadline::NEVER);
    if !matches!(&received, Err(error) if error.header().is_none()) {
        place.begin_request();
    }
    let request = received.map_err(|error| end_after(&error))?;
    let header = request.header;
    let deadline = || Deadline::after(shared.config.response_timeout());
    if header.code != Req::METHOD {
        shared.reject(session_id, &header, Status::Unsupported);
        session.reject(header, Status::Unsupported, deadline()).map_err(|_| End::Closed)?;
        place.end_request();
        return Ok(());
    }
    let limit = responses.limit();
    let end = |unanswered| shared.end_without(unanswered, session_id, header, limit);
    let answered = if let Some(items) = request.items() {
        let batch = responses.batch::<Req, Resp>(items, place, &shared.handler).map_err(end)?;
        session.respond_batch(header, &batch, deadline())
    } else {
        let response = responses.single::<Req, Resp>(request.payload, place, &shared.handler).map_err(end)?;
        session.respond(header, response, deadline())
    };
    answered.map_err(|_| End::Closed)?;
    place.end_request();
    if place.is_stopping() { Err(End::Closed) } else { Ok(()) }
}

impl<H> Shared<H> {
    /// Nobody is accepted for a moment.
    pub(super) fn rest(&self, failure: &AcceptFailure) {
        let reason = in_one_line(failure);
        events::accepting_rests(&self.endpoint, &reason);
        self.counters.accept_failed(reason);
    }

    /// Counts a request that is answered with a failure.
    fn reject(&self, session_id: u64, request: &MessageHeader, status: Status) {
        self.counters.failure(status);
        events::request_rejected(&self.endpoint, session_id, request, status);
    }

    /// How a session ends that has no response to a request. Where its limit was too small, later sessions are offered
    /// twice as much; they may come as soon as this one is answered.
    fn end_without(&self, unanswered: Unanswered, session_id: u64, header: MessageHeader, limit: u32) -> End {
        match unanswered {
            Unanswered::CutOff => End::Closed,
            Unanswered::TooLarge => {
                self.response_limit.raise_to(limit.saturating_mul(2).min(self.config.response_ceiling()));
                events::response_limit_raised(&self.endpoint, self.response_limit.get());
                End::Refuse(header, Status::LimitExceeded)
            }
            Unanswered::BadRequest => End::Refuse(header, Status::BadEnvelope),
            Unanswered::Failed(failure) => {
                let reason = in_one_line(&failure);
                events::handler_failed(&self.endpoint, session_id, &reason);
                self.counters.handler_failed(reason);
                End::Refuse(header, Status::InternalError)
            }
        }
    }
}

/// What is left to do after a request that could not be received.
fn end_after(error: &ReceiveError) -> End {
    match (error, error.header()) {
        (ReceiveError::Overflow { .. }, Some(header)) => End::Refuse(header, Status::LimitExceeded),
        (_, Some(header)) => End::Refuse(header, Status::BadEnvelope),
        (_, None) => End::Closed,
    }
}
