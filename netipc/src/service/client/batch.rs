//! A batch call: one message, many items.
//!
//! Contract: `docs/contract/envelope.md`, "Batch directory"; `docs/contract/service.md`, "Client".

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use netipc_codec::{Answers, Encode, EncodeError, Items, MethodMessage, WireMessage};
use netipc_transport::{Batch, BatchBuilder, BatchError, Deadline, Message};

use super::connection::Connection;
use super::exchange::Outgoing;
use super::growth::Budget;
use super::{CallError, Client};

/// The responses of a batch call, by the position of their requests. Borrowed from the client; nothing is copied.
///
/// ```
/// use netipc::messages::Increment;
/// # use netipc::{Client, ClientConfig, Endpoint, Server, ServerConfig};
/// # let directory = tempfile::tempdir()?;
/// # let endpoint = Endpoint::new(directory.path(), "increment")?;
/// # let server = Server::<Increment, Increment>::spawn(endpoint.clone(), ServerConfig::default(), |request, response, _| {
/// #     response.value(request.value().wrapping_add(1));
/// #     Ok(())
/// # })?;
/// let config = ClientConfig { max_request_batch_items: 1_000, ..ClientConfig::default() };
/// let mut client = Client::<Increment, Increment>::new(endpoint, config);
/// client.refresh();
/// let responses = client.call_batch(&[Increment { value: 1 }, Increment { value: 41 }])?;
/// assert_eq!(responses.len(), 2);
/// assert_eq!(responses.get(1).map(|response| response.value()), Some(42));
/// assert_eq!(responses.iter().map(|response| response.value()).sum::<u64>(), 44);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Responses<'a, T: WireMessage>(Content<'a, T>);

enum Content<'a, T: WireMessage> {
    Single(T::View<'a>),
    Items(Items<'a, T>),
}

impl<'a, T: WireMessage> Responses<'a, T> {
    fn none() -> Self {
        Self::batch(&[], 0)
    }

    fn single(view: T::View<'a>) -> Self {
        Self(Content::Single(view))
    }

    /// Of the payload of a batch that was checked.
    fn batch(payload: &'a [u8], item_count: u32) -> Self {
        Self(Content::Items(Items::of(payload, 0, item_count)))
    }

    /// How many there are: as many as requests.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Content::Single(_) => 1,
            Content::Items(items) => items.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The response to request `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T::View<'a>> {
        match &self.0 {
            Content::Single(view) => (index == 0).then_some(*view),
            Content::Items(items) => items.get(index),
        }
    }

    /// All of them, in the order of the requests.
    #[must_use]
    pub fn iter(&self) -> ResponsesIter<'a, T> {
        ResponsesIter { responses: *self, left: 0..self.len() }
    }
}

impl<T: WireMessage> Clone for Content<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: WireMessage> Copy for Content<'_, T> {}

impl<T: WireMessage> Clone for Responses<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: WireMessage> Copy for Responses<'_, T> {}

impl<T: WireMessage> fmt::Debug for Responses<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: WireMessage> IntoIterator for Responses<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ResponsesIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: WireMessage> IntoIterator for &Responses<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ResponsesIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterates over [`Responses`].
pub struct ResponsesIter<'a, T: WireMessage> {
    responses: Responses<'a, T>,
    left: Range<usize>,
}

impl<T: WireMessage> Clone for ResponsesIter<'_, T> {
    fn clone(&self) -> Self {
        Self { responses: self.responses, left: self.left.clone() }
    }
}

impl<T: WireMessage> fmt::Debug for ResponsesIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponsesIter({} more)", self.len())
    }
}

impl<'a, T: WireMessage> Iterator for ResponsesIter<'a, T> {
    type Item = T::View<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left.next().and_then(|index| self.responses.get(index))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl<T: WireMessage> DoubleEndedIterator for ResponsesIter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().and_then(|index| self.responses.get(index))
    }
}

impl<T: WireMessage> FusedIterator for ResponsesIter<'_, T> {}

impl<T: WireMessage> ExactSizeIterator for ResponsesIter<'_, T> {}

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// Sends all requests in one message and gives the responses by position, within the timeout of the
    /// configuration. No requests are no message, and one is sent as [`call`](Self::call) does.
    ///
    /// How many there may be is [`max_request_batch_items`](crate::ClientConfig::max_request_batch_items). What fails
    /// for one fails for all: see there for what "at least once" means to handlers.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`CallError::TooManyItems`].
    pub fn call_batch<R>(&mut self, requests: &[R]) -> Result<Responses<'_, Resp>, CallError>
    where
        R: Encode<Message = Req>,
    {
        self.call_batch_by(requests, None)
    }

    /// As [`call_batch`](Self::call_batch), with a deadline of its own.
    ///
    /// # Errors
    /// As [`call_batch`](Self::call_batch).
    pub fn call_batch_until<R>(
        &mut self,
        requests: &[R],
        deadline: Deadline,
    ) -> Result<Responses<'_, Resp>, CallError>
    where
        R: Encode<Message = Req>,
    {
        self.call_batch_by(requests, Some(deadline))
    }

    fn call_batch_by<R>(
        &mut self,
        requests: &[R],
        until: Option<Deadline>,
    ) -> Result<Responses<'_, Resp>, CallError>
    where
        R: Encode<Message = Req>,
    {
        match requests {
            [] => return Ok(Responses::none()),
            [request] => return self.call_by(request, until).map(Responses::single),
            _ => {}
        }
        let result = self.exchange_batch(requests, until);
        let item_count = self.connection.end(result)?;
        Ok(Responses::batch(self.connection.payload(), item_count))
    }

    fn exchange_batch<R>(&mut self, requests: &[R], until: Option<Deadline>) -> Result<u32, CallError>
    where
        R: Encode<Message = Req>,
    {
        let Self { connection, batch, .. } = self;
        let deadline = connection.begin(until)?;
        let batch = build(connection, batch, requests)?;
        let item_count = batch.item_count();
        let check = |response: &Message<'_>| check_batch::<Resp>(response, item_count);
        connection.exchange(Req::METHOD, Outgoing::Batch(batch), check, &mut Budget::new(), deadline)?;
        Ok(item_count)
    }
}

/// The requests as a batch, in the builder's buffer.
fn build<'a, R: Encode>(
    connection: &Connection,
    builder: &'a mut BatchBuilder,
    requests: &[R],
) -> Result<Batch<'a>, CallError> {
    let (items, limit) = (requests.len(), connection.item_limit());
    let item_count = u32::try_from(items)
        .ok()
        .filter(|items| *items <= limit)
        .ok_or(CallError::TooManyItems { items, limit })?;
    let bytes = BatchBuilder::payload_len(requests.iter().map(Encode::encoded_len));
    connection.check_request_len(bytes)?;
    let most = connection.growth.ceiling();
    let unbuilt = |error| match error {
        Unbuilt::Encode(error) => CallError::Encode(error),
        Unbuilt::TooLarge => connection.too_large(bytes),
    };
    builder.start(item_count, most).map_err(|error| unbuilt(error.into()))?;
    for request in requests {
        builder
            .push_with(request.encoded_len(), |place| request.encode(place).map_err(Unbuilt::Encode))
            .map_err(unbuilt)?;
    }
    builder.finish().map_err(|error| unbuilt(error.into()))
}

/// Why a batch was not built.
enum Unbuilt {
    TooLarge,
    Encode(EncodeError),
}

impl From<BatchError> for Unbuilt {
    fn from(_: BatchError) -> Self {
        // As many items come as were announced.
        Self::TooLarge
    }
}

/// An OK response to a batch of so many items.
fn check_batch<Resp: MethodMessage>(response: &Message<'_>, expected: u32) -> Result<(), CallError> {
    let header = &response.header;
    match response.items() {
        Some(items) if header.item_count == expected => {
            (0..).zip(items.iter()).try_for_each(|(index, item)| {
                Resp::check(item).map_err(|source| CallError::DecodeItem { index, source })
            })
        }
        _ => Err(CallError::WrongItemCount { expected, found: header.item_count, batch: header.is_batch() }),
    }
}
