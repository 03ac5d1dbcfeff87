//! A lookup call: one list of keys, one view of their items, however many messages that takes.
//!
//! Contract: `docs/contract/service.md`, "Lookups".

use netipc_codec::{Answers, Encode, LookupResponse, MethodMessage};
use netipc_transport::{Deadline, Message};

use super::call::check_single;
use super::connection::Connection;
use super::exchange::Outgoing;
use super::growth::Budget;
use super::{CallError, Client};
use crate::service::lookup::{KeyOf, Limits, Lookup, Memory, Step};

/// Where the answer of a lookup is.
enum Place {
    /// In the session's buffer, as it came.
    Session,
    /// Stitched.
    Memory,
}

impl<Req: MethodMessage, Resp: Answers<Req> + LookupResponse<Request = Req>> Client<Req, Resp> {
    /// Looks all keys up and gives one view of their items, in the same order, within the timeout of the
    /// configuration.
    ///
    /// The keys go out in as many messages as their items take to fit; an item that does not fit in any response is
    /// marked as oversized, and no item of the view is marked as not fitting. `keys` are structs or their `…Ref`s. No
    /// keys are a valid lookup, which learns the provider's generation.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`CallError::Lookup`].
    ///
    /// ```
    /// use netipc::messages::{CgroupLookupItemRef, CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, PathStatus};
    /// use netipc::{Client, ClientConfig, Endpoint, Server, ServerConfig};
    ///
    /// let directory = tempfile::tempdir()?;
    /// let endpoint = Endpoint::new(directory.path(), "cgroups-lookup")?;
    /// let server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
    ///     endpoint.clone(),
    ///     ServerConfig::default(),
    ///     |request, response, _| {
    ///         for key in request.paths() {
    ///             let path = key.path();
    ///             response.items().push(CgroupLookupItemRef { path, name: b"web", ..Default::default() })?;
    ///         }
    ///         Ok(())
    ///     },
    /// )?;
    ///
    /// let mut client = Client::<CgroupsLookupRequest, CgroupsLookup>::new(endpoint, ClientConfig::default());
    /// client.refresh();
    /// let found = client.call_lookup(&[CgroupPathRef { path: b"/a" }, CgroupPathRef { path: b"/b" }])?;
    /// assert_eq!(found.items().len(), 2);
    /// for item in found.items() {
    ///     assert_eq!(item.status(), PathStatus::Known);
    ///     assert_eq!(item.name(), "web");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn call_lookup<K>(&mut self, keys: &[K]) -> Result<Resp::View<'_>, CallError>
    where
        K: Encode<Message = KeyOf<Resp>>,
    {
        self.call_lookup_by(keys, None)
    }

    /// As [`call_lookup`](Self::call_lookup), with a deadline of its own for all messages together.
    ///
    /// # Errors
    /// As [`call_lookup`](Self::call_lookup).
    pub fn call_lookup_until<K>(
        &mut self,
        keys: &[K],
        deadline: Deadline,
    ) -> Result<Resp::View<'_>, CallError>
    where
        K: Encode<Message = KeyOf<Resp>>,
    {
        self.call_lookup_by(keys, Some(deadline))
    }

    fn call_lookup_by<K>(&mut self, keys: &[K], until: Option<Deadline>) -> Result<Resp::View<'_>, CallError>
    where
        K: Encode<Message = KeyOf<Resp>>,
    {
        let Self { connection, lookup, .. } = self;
        let result = run::<Req, Resp, K>(connection, lookup, keys, until);
        Ok(Resp::view(match connection.end(result)? {
            Place::Session => connection.payload(),
            Place::Memory => lookup.stitched(),
        }))
    }
}

fn run<Req, Resp, K>(
    connection: &mut Connection,
    memory: &mut Memory,
    keys: &[K],
    until: Option<Deadline>,
) -> Result<Place, CallError>
where
    Req: MethodMessage,
    Resp: Answers<Req> + LookupResponse<Request = Req>,
    K: Encode<Message = KeyOf<Resp>>,
{
    let deadline = connection.begin(until)?;
    let mut lookup = Lookup::<Resp>::new(memory, keys, connection.config.lookup_ceilings())?;
    let mut budget = Budget::new();
    let check = |response: &Message<'_>| check_single::<Resp>(response);
    let mut is_later = false;
    loop {
        let request = match lookup.next(limits(connection))? {
            Step::Send(request) => Outgoing::Single(request),
            Step::Whole => return Ok(Place::Session),
            Step::Stitched => return Ok(Place::Memory),
        };
        if std::mem::replace(&mut is_later, true) {
            connection.check_time(deadline)?;
        }
        match connection.exchange(Req::METHOD, request, check, &mut budget, deadline) {
            Ok(()) => lookup.take(connection.payload())?,
            // The next ones are cut to what the session allows.
            Err(CallError::RequestTooLarge { .. }) if connection.may_grow() => {
                connection.keep_request_limit();
            }
            Err(error @ CallError::ResponseTooLarge { .. }) => {
                lookup.stop_growing();
                if !lookup.halve() && !lookup.give_up(limits(connection))? {
                    return Err(error);
                }
                if connection.session.is_none() {
                    connection.reconnect(error, deadline)?;
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// What the requests are cut to: as long as the session may be asked for more, what more it could be.
fn limits(connection: &Connection) -> Limits {
    let request =
        if connection.may_grow() { connection.growth.ceiling() } else { connection.request_limit() };
    let wide = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
    Limits { request: wide(request), response: wide(connection.response_limit()) }
}
