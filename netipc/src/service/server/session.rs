//! The life of one session: receive, handle, answer.

use netipc_codec::{Answers, MethodMessage, WireMessage};
use netipc_transport::{Deadline, MessageHeader, ReceiveError, ServerSession, Status};

use super::handler::respond;
use super::registry::Place;
use super::{Context, HandlerResult, ServerConfig};

/// Why a session ends.
enum End {
    /// The peer or the server has closed it.
    Closed,
    /// The message with this header gets this answer, and then it is closed.
    Refuse(MessageHeader, Status),
}

/// Serves a session until it ends. It keeps its `place` until everything else of it is gone.
pub(super) fn serve<Req, Resp, H>(
    place: &Place,
    mut session: ServerSession,
    config: &ServerConfig,
    handler: &H,
) where
    Req: MethodMessage,
    Resp: Answers<Req>,
    H: Fn(<Req as WireMessage>::View<'_>, &mut <Resp as WireMessage>::Builder<'_>, &Context) -> HandlerResult,
{
    // The kernel notes the peer of every connected socket; without that nobody could be told who asks.
    let Ok(credentials) = session.peer_credentials() else { return };
    let context = Context { credentials, session_id: session.session_id() };
    // Zeroed memory that the OS provides as it is touched.
    let mut response = vec![0; session.agreed().max_response_payload_bytes as usize];
    let end = loop {
        let next = serve_one::<Req, Resp>(
            &mut session,
            place,
            &mut response,
            |request, response, context| handler(request, response, context),
            &context,
            config,
        );
        if let Err(end) = next {
            break end;
        }
    };
    if let End::Refuse(header, status) = end {
        // The answer may not get through any more; the session ends all the same.
        let _ = session.refuse(header, status, Deadline::after(config.handshake_timeout()));
    }
}

/// Receives one request and answers it.
fn serve_one<Req: MethodMessage, Resp: Answers<Req>>(
    session: &mut ServerSession,
    place: &Place,
    buffer: &mut [u8],
    handler: impl FnOnce(Req::View<'_>, &mut Resp::Builder<'_>, &Context) -> HandlerResult,
    context: &Context,
    config: &ServerConfig,
) -> Result<(), End> {
    let request = session.receive(Deadline::NEVER).map_err(|error| end_after(&error))?;
    let (header, payload) = (request.header, request.payload);
    if header.code != Req::METHOD || header.is_batch() {
        let deadline = Deadline::after(config.response_timeout());
        return session.reject(header, Status::Unsupported, deadline).map_err(|_| End::Closed);
    }
    Req::check(payload).map_err(|_| End::Refuse(header, Status::BadEnvelope))?;
    if !place.enter_handler() {
        return Err(End::Closed);
    }
    let outcome = respond::<Req, Resp>(handler, payload, buffer, context);
    place.leave_handler();
    let len = outcome.map_err(|status| End::Refuse(header, status))?;
    let response = buffer.get(..len).unwrap_or_default();
    let deadline = Deadline::after(config.response_timeout());
    session.respond(header, response, deadline).map_err(|_| End::Closed)?;
    if place.is_stopping() { Err(End::Closed) } else { Ok(()) }
}

/// What is left to do after a request that could not be received.
fn end_after(error: &ReceiveError) -> End {
    match (error, error.header()) {
        (ReceiveError::Overflow { .. }, Some(header)) => End::Refuse(header, Status::LimitExceeded),
        (_, Some(header)) => End::Refuse(header, Status::BadEnvelope),
        (_, None) => End::Closed,
    }
}
