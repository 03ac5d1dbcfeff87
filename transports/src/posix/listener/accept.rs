//! Accepting: connections in, handshakes side by side, sessions out.

use std::ops::Deref;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::io::Errno;

use super::adopt::adopt;
use super::bind::BoundSocket;
use super::pending::{Pending, user};
use crate::listener::{AcceptError, LONGEST_WAIT, ListenError, Progress, Reception};
use crate::posix::Readiness;
use crate::posix::link::PosixLink;
use crate::posix::shm::{self, Attendance, Region};
use crate::posix::socket::Socket;
use crate::posix::sys;
use crate::posix::uds::Uds;
use crate::{Abort, Agreed, Deadline, Endpoint, ListenOptions, ServerSession};

/// What is reported of connections that wait, where a handshake has its `session_id`; those begin at 1 and never get
/// this far.
const LISTENER: u64 = u64::MAX;

/// Connections accepted at a time, about as many as events are taken from the kernel: neither crowd holds up the other.
const ACCEPTS_PER_PASS: usize = 64;

/// The listener of an endpoint.
///
/// It does nothing by itself: connections are accepted, and handshakes go on, while somebody is in
/// [`Listener::accept`]. Sessions it has given live on when it is dropped; the endpoint's socket is then gone, unless
/// a successor has bound another one, or it was [handed over](Listener::adopt).
///
/// Its file descriptor ([`AsFd`]) is readable when accept has something to do; with a deadline of zero that never
/// waits.
///
/// Contract: `docs/contract/transport.md`, "A connection's life"; `docs/contract/posix.md`.
///
/// ```no_run
/// use netipc_transport::{Abort, AcceptError, Deadline, Endpoint, ListenOptions, Listener};
/// # fn serve(_: netipc_transport::ServerSession) {}
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
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
    // Dropped in this order: the name goes before the connections that wait behind it.
    socket: BoundSocket,
    readiness: Arc<Readiness>,
    attendance: Attending,
    pub(crate) reception: Reception<Pending>,
    /// What the last wait found.
    ready: Vec<u64>,
}

impl Listener {
    /// Makes the endpoint's socket, mode 0600, taking over what a dead server has left there.
    ///
    /// # Errors
    /// [`ListenError::AddressInUse`] where a live server answers or that cannot be told; otherwise what stands in the
    /// way.
    pub fn bind(endpoint: &Endpoint, options: &ListenOptions) -> Result<Self, ListenError> {
        let options = options.resolved();
        Self::on(BoundSocket::new(endpoint, options.backlog)?, endpoint, options)
    }

    /// Takes a socket that listens at the endpoint already, from a service manager that has made it: systemd's socket
    /// activation, say. Clients that came before this are served like all others.
    ///
    /// The socket is checked: `AF_UNIX`, `SOCK_SEQPACKET`, listening, bound to the endpoint's path as that is written.
    /// It is made close-on-exec and non-blocking, and gets this listener's backlog; clients that connect from now on are
    /// told that this process is their peer. Its name stays where it is when the listener is dropped: it is its maker's,
    /// and so is the question of who may connect.
    ///
    /// # Errors
    /// [`ListenError::Misfit`] for another socket than that; otherwise what stands in the way.
    ///
    /// ```no_run
    /// # fn handed_over() -> std::os::fd::OwnedFd { unimplemented!() }
    /// use netipc_transport::{Endpoint, ListenOptions, Listener};
    /// let endpoint = Endpoint::new("/run/netipc", "cgroups-snapshot")?;
    /// let listener = Listener::adopt(handed_over(), &endpoint, &ListenOptions::default())?;
    /// # drop(listener);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn adopt(socket: OwnedFd, endpoint: &Endpoint, options: &ListenOptions) -> Result<Self, ListenError> {
        let options = options.resolved();
        Self::on(adopt(socket, endpoint, options.backlog)?, endpoint, options)
    }

    fn on(socket: BoundSocket, endpoint: &Endpoint, options: ListenOptions) -> Result<Self, ListenError> {
        let failed = |error: Errno| ListenError::Io { endpoint: endpoint.clone(), source: error.into() };
        shm::sweep(endpoint);
        let readiness = Readiness::new().map_err(failed)?;
        readiness.watch(socket.as_fd(), LISTENER).map_err(failed)?;
        Ok(Self {
            socket,
            readiness: Arc::new(readiness),
            reception: Reception::new(endpoint, options),
            attendance: Attending::default(),
            ready: Vec::with_capacity(ACCEPTS_PER_PASS),
        })
    }

    /// Waits for the next client whose handshake is done, and drives the handshakes of all others meanwhile. Clients
    /// that are silent, slow, gone, refused, or not clients at all cost only themselves.
    ///
    /// While somebody is in it, it also watches for the ends of clients whose sessions wait in shared memory, so that
    /// those need not wake up. When nobody has been for some milliseconds, they look for themselves, 60 times a second.
    ///
    /// # Errors
    /// [`AcceptError`]; the listener is as good as before, and handshakes in progress go on with the next call.
    pub fn accept(&mut self, deadline: Deadline, abort: &Abort) -> Result<ServerSession, AcceptError> {
        self.attendance.begin();
        let accepted = self.accept_next(deadline, abort);
        match &accepted {
            // Whoever waits a while at a time comes back too.
            Ok(_) | Err(AcceptError::TimedOut) => self.attendance.pause(),
            Err(_) => self.attendance.end(),
        }
        accepted
    }

    /// As [`Listener::accept`], but never waits: `None` if no client has come whose handshake is done. Sessions that wait
    /// in shared memory meanwhile, in other threads, look after themselves between calls.
    ///
    /// # Errors
    /// [`AcceptError`], never [`AcceptError::TimedOut`]; the listener is as good as before.
    pub fn try_accept(&mut self) -> Result<Option<ServerSession>, AcceptError> {
        self.attendance.begin();
        let accepted = match self.accept_next(Deadline::NOW, &Abort::new()) {
            Ok(session) => Ok(Some(session)),
            Err(AcceptError::TimedOut) => Ok(None),
            Err(error) => Err(error),
        };
        // Not for good, so that a loop that comes back again and again wakes nobody each time.
        self.attendance.pause();
        accepted
    }

    fn accept_next(&mut self, deadline: Deadline, abort: &Abort) -> Result<ServerSession, AcceptError> {
        let _registration = abort.register(&self.readiness).ok_or(AcceptError::Aborted)?;
        loop {
            while let Some(late) = self.reception.handshakes.take_late() {
                self.drop_connection(late);
            }
            self.end_rest().map_err(io_error)?;
            // One pass always, so that a deadline that is past takes what is there.
            let last_pass = deadline.is_past();
            self.wait(deadline)?;
            if abort.is_aborted() {
                return Err(AcceptError::Aborted);
            }
            if let Some(session) = self.pass()? {
                return Ok(session);
            }
            if last_pass {
                return Err(AcceptError::TimedOut);
            }
        }
    }

    /// Waits for events until the deadline, the next handshake's, or the end of a rest.
    fn wait(&mut self, deadline: Deadline) -> Result<(), AcceptError> {
        let left = deadline.earlier(self.reception.deadline()).remaining().map(|left| left.min(LONGEST_WAIT));
        let Self { readiness, ready, attendance, .. } = self;
        ready.clear();
        let waited = readiness.wait(left, |data| {
            // What is reported of a session comes only once, so that it must not wait for a later pass.
            if data == LISTENER || !attendance.takes(data) {
                ready.push(data);
            }
        });
        waited.map_err(io_error)
    }

    /// Handles the events that have come, until one of them completes a handshake. The others come again.
    fn pass(&mut self) -> Result<Option<ServerSession>, AcceptError> {
        let mut connections = false;
        for index in 0..self.ready.len() {
            match self.ready[index] {
                LISTENER => connections = true,
                session_id => {
                    if let Some(session) = self.advance(session_id) {
                        return Ok(Some(session));
                    }
                }
            }
        }
        if connections { self.accept_connections() } else { Ok(None) }
    }

    /// Accepts what waits in the backlog. Most clients have sent their HELLO by then.
    fn accept_connections(&mut self) -> Result<Option<ServerSession>, AcceptError> {
        for _ in 0..ACCEPTS_PER_PASS {
            match sys::accept(&self.socket) {
                Ok(fd) => {
                    if let Some(session) = self.begin(fd).map_err(io_error)? {
                        return Ok(Some(session));
                    }
                }
                Err(Errno::AGAIN) => return Ok(None),
                // The connection's own trouble.
                Err(Errno::INTR | Errno::CONNABORTED | Errno::PERM | Errno::PROTO) => {}
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    self.rest().map_err(io_error)?;
                    return Ok(None);
                }
                Err(error) => return Err(io_error(error)),
            }
        }
        Ok(None)
    }

    /// Begins the handshake of a new connection.
    fn begin(&mut self, fd: OwnedFd) -> Result<Option<ServerSession>, Errno> {
        if let Some(oldest) = self.reception.make_room() {
            self.drop_connection(oldest);
        }
        let session_id = self.reception.number();
        if self.readiness.watch(fd.as_fd(), session_id).is_err() {
            // The kernel has no room to watch it. The client finds its connection closed and comes again.
            self.rest()?;
            return Ok(None);
        }
        self.reception.begin(session_id, Pending::new(fd));
        Ok(self.advance(session_id))
    }

    /// Goes on with a handshake; gives the session that it has led to.
    fn advance(&mut self, session_id: u64) -> Option<ServerSession> {
        let (connection, terms) = self.reception.handshake(session_id)?;
        match connection.advance(session_id, terms) {
            Progress::Waiting => None,
            Progress::Over => {
                let over = self.reception.handshakes.remove(session_id)?;
                self.drop_connection(over);
                None
            }
            Progress::Accepted(agreed, region) => {
                let pending = self.reception.handshakes.remove(session_id)?;
                Some(self.session(pending.fd, agreed, region))
            }
        }
    }

    /// Closing is not enough where a child has been forked that still holds the descriptor: it would be reported for ever.
    fn drop_connection(&self, Pending { fd, .. }: Pending) {
        self.readiness.forget(fd.as_fd());
    }

    fn session(&self, fd: OwnedFd, agreed: Agreed, region: Option<Region>) -> ServerSession {
        let guard = self.reception.census.enter(|| user(fd.as_fd()));
        let socket = Arc::new(Socket::new(fd));
        let waiting = self.reception.options.waiting;
        let link = if let Some(region) = region {
            let watched = (&*self.attendance, &*self.readiness);
            PosixLink::in_region(region, socket, agreed.session_id, waiting, watched)
        } else {
            // A descriptor that stays open must not stay watched.
            self.readiness.forget(socket.as_fd());
            PosixLink::new(Uds::new(socket, waiting), &agreed, agreed.max_request_payload_bytes)
        };
        ServerSession::new(link, agreed, guard)
    }

    /// Stops accepting for a while.
    fn rest(&mut self) -> Result<(), Errno> {
        self.reception.rest();
        self.readiness.pause(self.socket.as_fd(), LISTENER)
    }

    fn end_rest(&mut self) -> Result<(), Errno> {
        if self.reception.has_rested() {
            self.readiness.resume(self.socket.as_fd(), LISTENER)?;
            self.reception.resting = None;
        }
        Ok(())
    }
}

/// Readable when [`Listener::accept`] has something to do.
impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.readiness.as_fd()
    }
}

/// A listener's part of an attendance, which ends with it.
#[derive(Default)]
struct Attending(Arc<Attendance>);

impl Deref for Attending {
    type Target = Arc<Attendance>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn io_error(error: Errno) -> AcceptError {
    AcceptError::Io(error.into())
}

#[cfg(test)]
#[path = "accept_tests.rs"]
mod tests;
