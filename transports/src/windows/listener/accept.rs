//! Accepting: connections in, handshakes side by side, sessions out.

use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::sync::Arc;

use super::instance::{Instance, Mould};
use super::pending::Pending;
use crate::listener::{AcceptError, LONGEST_WAIT, ListenError, Progress, Reception};
use crate::windows::connection::Connection;
use crate::windows::link::WindowsLink;
use crate::windows::pipe::{Pipe, Side};
use crate::windows::shm::Region;
use crate::windows::sys::Event;
use crate::{Abort, Agreed, Deadline, Endpoint, ListenOptions, ServerSession};

/// So many instances of the pipe wait for clients: as many as the shortest backlog of a socket has room for. One would do, but
/// clients that come at the same moment find it taken and have to try again.
const INSTANCES: usize = 16;

/// Passes at most once the deadline is past: one in which a client is found, and one for what it has said.
const MOST_LATE_PASSES: u32 = 2;

/// The listener of an endpoint.
///
/// It does nothing by itself: connections are accepted, and handshakes go on, while somebody is in
/// [`Listener::accept`]. Sessions it has given live on when it is dropped. Until the last of them has ended, at its client
/// too, the pipe's name is taken: nobody else can listen there, and clients try until their time is up.
///
/// Its handle ([`AsHandle`]) is that of an event, signalled when accept has something to do; with a deadline of zero that
/// never waits.
///
/// Contract: `docs/contract/transport.md`, "A connection's life"; `docs/contract/windows.md`.
///
/// ```no_run
/// use netipc_transport::{Abort, AcceptError, Deadline, Endpoint, ListenOptions, Listener};
/// # fn serve(_: netipc_transport::ServerSession) {}
/// let endpoint = Endpoint::new(r"C:\ProgramData\netdata", "cgroups-snapshot")?;
/// let mut listener = Listener::bind(&endpoint, &ListenOptions::default())?;
/// let stop = Abort::new();
/// loop {
///     match listener.accept(Deadline::NEVER, &stop) {
///         Ok(session) => drop(std::thread::spawn(move || serve(session))),
///         Err(AcceptError::Aborted) => break,
///         Err(error) => return Err(error.into()),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Listener {
    mould: Mould,
    /// Wait for clients, or rest.
    instances: Vec<Instance>,
    /// Signalled when one of the operations that are in progress may be complete, or an abort is used. All of them share
    /// it, so that there may be any number of them.
    changed: Arc<Event>,
    pub(crate) reception: Reception<Pending>,
}

impl Listener {
    /// Makes the endpoint's pipe, for the user of this process, `LocalSystem` and administrators. Of a server that has died
    /// nothing is left once its clients have noticed.
    ///
    /// # Errors
    /// [`ListenError::AddressInUse`] where another server has the pipe, sessions of one still live, or a client of one still
    /// has its end of a session; otherwise what stands in the way.
    pub fn bind(endpoint: &Endpoint, options: &ListenOptions) -> Result<Self, ListenError> {
        let failed = |source: io::Error| ListenError::Io { endpoint: endpoint.clone(), source };
        let options = options.resolved();
        let changed = Arc::new(Event::signalled().map_err(failed)?);
        let mould = Mould::new(endpoint, &options, &changed).map_err(failed)?;
        let mut instances = vec![mould.first()?];
        while instances.len() < INSTANCES {
            instances.push(mould.next().map_err(failed)?);
        }
        Ok(Self { mould, instances, changed, reception: Reception::new(endpoint, options) })
    }

    /// Waits for the next client whose handshake is done, and drives the handshakes of all others meanwhile. Clients
    /// that are silent, slow, gone, refused, or not clients at all cost only themselves.
    ///
    /// # Errors
    /// [`AcceptError`]; the listener is as good as before, and handshakes in progress go on with the next call.
    pub fn accept(&mut self, deadline: Deadline, abort: &Abort) -> Result<ServerSession, AcceptError> {
        let _registration = abort.register(&self.changed).ok_or(AcceptError::Aborted)?;
        let mut late_passes = 0;
        loop {
            while self.reception.handshakes.take_late().is_some() {}
            if self.reception.has_rested() {
                self.reception.resting = None;
            }
            // One pass always, so that a deadline that is past takes what is there.
            late_passes += u32::from(deadline.is_past());
            self.changed.reset();
            let passed = self.pass();
            // What was begun in the pass has reset the event, so that only a look tells whether something is complete. What
            // is completed after that look signals it again, and so does an abort.
            let has_more = self.is_ready();
            if has_more || passed.is_err() {
                self.changed.set();
            }
            if let Some(session) = passed.map_err(AcceptError::Io)? {
                return Ok(session);
            }
            if abort.is_aborted() {
                return Err(AcceptError::Aborted);
            }
            // A crowd of clients always leaves more; the event tells of it.
            if late_passes > 0 && (!has_more || late_passes == MOST_LATE_PASSES) {
                return Err(AcceptError::TimedOut);
            }
            self.wait(deadline).map_err(AcceptError::Io)?;
        }
    }

    /// As [`Listener::accept`], but never waits: `None` if no client has come whose handshake is done.
    ///
    /// # Errors
    /// [`AcceptError`], never [`AcceptError::TimedOut`]; the listener is as good as before.
    pub fn try_accept(&mut self) -> Result<Option<ServerSession>, AcceptError> {
        match self.accept(Deadline::NOW, &Abort::new()) {
            Ok(session) => Ok(Some(session)),
            Err(AcceptError::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for a change until the deadline, the next handshake's, or the end of a rest.
    fn wait(&self, deadline: Deadline) -> io::Result<()> {
        let until = deadline.earlier(self.reception.deadline());
        self.changed.wait(until.remaining().map(|left| left.min(LONGEST_WAIT))).map(drop)
    }

    /// Whether there is something for a pass.
    fn is_ready(&self) -> bool {
        self.reception.resting.is_none() && self.instances.iter().any(Instance::is_ready)
            || self.reception.handshakes.connections().any(Pending::is_ready)
    }

    /// Handles what has come, until a handshake is complete: of each instance one client, so that no crowd keeps it from
    /// their handshakes. An instance that fails keeps nobody from the others; a session that is complete meanwhile matters more
    /// than why.
    fn pass(&mut self) -> io::Result<Option<ServerSession>> {
        let mut failure = None;
        for index in 0..self.instances.len() {
            if self.reception.resting.is_some() {
                break;
            }
            match self.instances[index].has_client() {
                Ok(true) => self.begin(index),
                Ok(false) => {}
                Err(error) => {
                    failure = Some(error);
                    self.replace(index);
                }
            }
        }
        let mut last = 0;
        while let Some(session_id) = self.reception.handshakes.first_after(last) {
            last = session_id;
            let Some((connection, terms)) = self.reception.handshake(session_id) else { break };
            match connection.advance(session_id, terms) {
                Progress::Waiting => {}
                Progress::Over => drop(self.reception.handshakes.remove(session_id)),
                Progress::Accepted(agreed, region) => {
                    let Some(pending) = self.reception.handshakes.remove(session_id) else { continue };
                    match self.session(pending, agreed, region) {
                        Ok(session) => return Ok(Some(session)),
                        // There are no handles for it. The client finds its connection closed and comes again.
                        Err(_) => self.reception.rest(),
                    }
                }
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// Puts another instance in the place of one that fails, or tries that one again after a rest.
    fn replace(&mut self, index: usize) {
        match self.mould.next() {
            Ok(fresh) => self.instances[index] = fresh,
            Err(_) => self.reception.rest(),
        }
    }

    /// Begins the handshake of the client of an instance, in whose place another one waits from the next pass on.
    fn begin(&mut self, index: usize) {
        drop(self.reception.make_room());
        let session_id = self.reception.number();
        let Ok(fresh) = self.mould.next() else {
            // Some instance has to be left for clients. So this one's goes: it finds its connection closed and comes again.
            self.instances[index].disconnect();
            return self.reception.rest();
        };
        let instance = std::mem::replace(&mut self.instances[index], fresh);
        self.reception.begin(session_id, Pending::new(instance));
    }

    fn session(&self, pending: Pending, agreed: Agreed, region: Option<Region>) -> io::Result<ServerSession> {
        let (guard, pipe) = pending.accept(&self.reception.census);
        let connection = Arc::new(Connection::of(pipe)?);
        let pipe = Pipe::new(connection, Side::Server, self.reception.options.waiting)?;
        let link = match region {
            Some(region) => WindowsLink::in_region(region, pipe, self.reception.options.waiting),
            None => WindowsLink::new(pipe, &agreed, agreed.max_request_payload_bytes),
        };
        Ok(ServerSession::new(link, agreed, guard))
    }
}

/// Signalled when [`Listener::accept`] has something to do.
impl AsHandle for Listener {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.changed.as_handle()
    }
}

#[cfg(test)]
#[path = "accept_tests.rs"]
mod tests;
