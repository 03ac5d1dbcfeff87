//! What a handler gets and gives.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use netipc_codec::{EncodeError, MessageBuilder, WireMessage};
use netipc_transport::Credentials;

use super::answer::Unanswered;
use super::failure::HandlerFailure;

/// What a handler returns. An error reaches the client as INTERNAL_ERROR; its text stays here.
pub type HandlerResult = Result<(), Box<dyn Error + Send + Sync>>;

/// Who asks.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Context {
    /// The process at the other end, as the kernel knew it when it connected.
    pub credentials: Credentials,
    /// The session; unique for the life of the server.
    pub session_id: u64,
}

impl Context {
    /// For whoever calls a handler without a server, in a test of it, say.
    ///
    /// ```
    /// use netipc::Context;
    /// use netipc::transport::Credentials;
    /// # #[cfg(unix)]
    /// let context = Context::new(Credentials { pid: 7, uid: 1000, gid: 1000 }, 1);
    /// # #[cfg(unix)]
    /// assert_eq!(context.credentials.uid, 1000);
    /// ```
    #[must_use]
    pub const fn new(credentials: Credentials, session_id: u64) -> Self {
        Self { credentials, session_id }
    }
}

/// What the public functions ask of a handler, in a word.
pub(super) trait Handler<Req: WireMessage, Resp: WireMessage>:
    Fn(Req::View<'_>, &mut Resp::Builder<'_>, &Context) -> HandlerResult + Send + Sync + 'static
{
}

impl<Req: WireMessage, Resp: WireMessage, H> Handler<Req, Resp> for H where
    H: Fn(Req::View<'_>, &mut Resp::Builder<'_>, &Context) -> HandlerResult + Send + Sync + 'static
{
}

/// Runs the handler on a request whose payload has been checked, and gives the length of the response in `buffer`.
pub(super) fn respond<Req: WireMessage, Resp: WireMessage>(
    handler: &impl Handler<Req, Resp>,
    request: &[u8],
    buffer: &mut [u8],
    context: &Context,
) -> Result<usize, Unanswered> {
    let mut builder = Resp::Builder::answering(buffer, request);
    // A panic leaves nothing behind that is looked at again: the builder is dropped and the buffer overwritten.
    let result = catch_unwind(AssertUnwindSafe(|| handler(Req::view(request), &mut builder, context)));
    let outcome = result.map_err(|payload| HandlerFailure::panicked(&*payload))?;
    match (builder.finish(), outcome) {
        // An overflow wins over whatever the handler has made of it.
        (Err(EncodeError::Overflow { .. }), _) => Err(Unanswered::TooLarge),
        // And what the handler says, over what it has left undone.
        (_, Err(error)) => Err(HandlerFailure::Handler(error).into()),
        (Err(error), Ok(())) => Err(HandlerFailure::Response(error).into()),
        (Ok(len), Ok(())) => Ok(len),
    }
}
