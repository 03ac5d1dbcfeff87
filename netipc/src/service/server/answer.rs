//! Building a session's responses in place, in its own buffers.

use netipc_codec::{Answers, MethodMessage, WireMessage};
use netipc_transport::{Batch, BatchBuilder, BatchError, Credentials, ServerSession};
use zerocopy::FromZeros;

use super::Context;
use super::failure::HandlerFailure;
use super::handler::{Handler, respond};
use super::registry::Place;

/// Where a session's responses are built.
pub(super) struct Responses {
    context: Context,
    limit: u32,
    // Both begin with nothing, and are memory of which the OS provides what is touched.
    single: Vec<u8>,
    batch: BatchBuilder,
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The session was cut off, and no handler runs any more.
    CutOff,
    /// The response does not fit.
    TooLarge,
    /// The request cannot be decoded.
    BadRequest,
    /// Anything else, which is the handler's.
    Failed(HandlerFailure),
}

impl From<HandlerFailure> for Unanswered {
    fn from(failure: HandlerFailure) -> Self {
        Self::Failed(failure)
    }
}

/// The room in a batch ends where its limit does.
impl From<BatchError> for Unanswered {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::OutOfMemory { bytes } => Self::Failed(HandlerFailure::OutOfMemory { bytes }),
            _ => Self::TooLarge,
        }
    }
}

impl Responses {
    pub(super) fn new(session: &ServerSession, credentials: Credentials) -> Self {
        Self {
            context: Context::new(credentials, session.session_id()),
            limit: session.agreed().max_response_payload_bytes,
            single: Vec::new(),
            batch: BatchBuilder::new(),
        }
    }

    /// Bytes that a response may have.
    pub(super) const fn limit(&self) -> u32 {
        self.limit
    }

    /// The payload of the response to one request.
    pub(super) fn single<Req, Resp>(
        &mut self,
        request: &[u8],
        place: &Place,
        handler: &impl Handler<Req, Resp>,
    ) -> Result<&[u8], Unanswered>
    where
        Req: MethodMessage,
        Resp: Answers<Req>,
    {
        check::<Req>(request)?;
        if self.single.is_empty() {
            let bytes = self.limit as usize;
            self.single = u8::new_vec_zeroed(bytes).map_err(|_| HandlerFailure::OutOfMemory { bytes })?;
        }
        let Self { single, context, .. } = self;
        let len = while_running(place, || respond::<Req, Resp>(handler, request, single, context))?;
        Ok(single.get(..len).unwrap_or_default())
    }

    /// The responses to all requests of a batch, one by one and in order; or none, if one of them has none.
    pub(super) fn batch<Req, Resp>(
        &mut self,
        requests: Batch<'_>,
        place: &Place,
        handler: &impl Handler<Req, Resp>,
    ) -> Result<Batch<'_>, Unanswered>
    where
        Req: MethodMessage,
        Resp: Answers<Req>,
    {
        if requests.item_count() == 0 {
            return Err(Unanswered::BadRequest);
        }
        // All of them before the first is handled, so that nothing is done for a batch that is refused.
        requests.iter().try_for_each(check::<Req>)?;
        let Self { batch, limit, context, .. } = self;
        while_running(place, || {
            batch.start(requests.item_count(), *limit)?;
            requests.iter().try_for_each(|request| {
                batch.push_with(usize::MAX, |room| respond::<Req, Resp>(handler, request, room, context))
            })
        })?;
        Ok(batch.finish()?)
    }
}

fn check<Req: WireMessage>(request: &[u8]) -> Result<(), Unanswered> {
    Req::check(request).map_err(|_| Unanswered::BadRequest)
}

/// Runs handlers, which nothing can interrupt: says so for as long as it takes.
fn while_running<T>(place: &Place, run: impl FnOnce() -> Result<T, Unanswered>) -> Result<T, Unanswered> {
    if !place.enter_handler() {
        return Err(Unanswered::CutOff);
    }
    let result = run();
    place.leave_handler();
    result
}
