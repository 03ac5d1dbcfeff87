//! The loop, and what it waits with.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Connecting, Deadline, Endpoint, ListenOptions, Listener, Progress,
    ReceiveError, SendError, ServerSession,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What has been done when the loop ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Sessions that were connected.
    pub(crate) sessions: usize,
    /// Requests that the server has answered.
    pub(crate) answered: usize,
    /// Responses that clients have received.
    pub(crate) received: usize,
    /// Sessions that the server has seen end.
    pub(crate) closed: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sessions, answered, received, closed } = self;
        write!(
            f,
            "{sessions} sessions: {answered} requests answered, {received} responses received, {closed} closed"
        )
    }
}

/// The clients' payloads: longer than a packet, so that messages come and go in parts.
const PACKET_SIZE: u32 = 1_024;
const PAYLOAD: [u8; 3_000] = [7; 3_000];

/// Connects so many clients, each of which sends so many requests and then closes.
///
/// # Errors
/// Whatever stands in the way.
pub(crate) fn run(sessions: usize, requests: usize) -> Result<Summary, Box<dyn Error>> {
    let directory = std::env::temp_dir().join(format!("netipc-event-loop-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let endpoint = Endpoint::new(&directory, "echo")?;
    let summary = EventLoop::new(&endpoint, sessions, requests)?.run();
    // The loop has closed its listener, which has removed its socket.
    std::fs::remove_dir_all(&directory)?;
    summary
}

/// A client at one of its stages.
enum Client {
    Connecting(Connecting),
    /// The backlog was full: there is nothing to wait for but the time.
    Later(Connecting, Instant),
    Connected {
        session: ClientSession,
        to_send: usize,
        to_receive: usize,
    },
}

struct EventLoop {
    listener: Listener,
    servers: BTreeMap<u64, ServerSession>,
    clients: Vec<Client>,
    requests: usize,
    summary: Summary,
}

/// Whom a descriptor belongs to.
#[derive(Clone, Copy)]
enum Owner {
    Listener,
    Server(u64),
    Client,
}

impl EventLoop {
    fn new(endpoint: &Endpoint, sessions: usize, requests: usize) -> Result<Self, Box<dyn Error>> {
        let sessions_at_most = u32::try_from(sessions)?;
        let listening = ListenOptions {
            max_sessions: sessions_at_most,
            max_pending_handshakes: sessions_at_most,
            packet_size: PACKET_SIZE,
            ..ListenOptions::default()
        };
        let connecting = ConnectOptions {
            packet_size: PACKET_SIZE,
            max_request_payload_bytes: u32::try_from(PAYLOAD.len())?,
            ..ConnectOptions::default()
        };
        let listener = Listener::bind(endpoint, &listening)?;
        let begin = |_| ClientSession::begin(endpoint, &connecting, &Abort::new()).map(Client::Connecting);
        let clients = (0..sessions).map(begin).collect::<Result<_, _>>()?;
        Ok(Self { listener, servers: BTreeMap::new(), clients, requests, summary: Summary::default() })
    }

    fn run(mut self) -> Result<Summary, Box<dyn Error>> {
        self.advance_clients()?;
        while !(self.clients.is_empty() && self.servers.is_empty()) {
            for owner in self.wait()? {
                if let Owner::Server(id) = owner {
                    self.serve(id)?;
                }
            }
            // Its descriptor is not the only reason.
            self.accept()?;
            self.advance_clients()?;
        }
        Ok(self.summary)
    }

    /// Waits until somebody has something to do, and says who.
    fn wait(&self) -> io::Result<Vec<Owner>> {
        let mut owners = vec![Owner::Listener];
        let mut descriptors = vec![PollFd::new(&self.listener, PollFlags::IN)];
        for (&id, session) in &self.servers {
            owners.push(Owner::Server(id));
            descriptors.push(PollFd::from_borrowed_fd(session.as_fd(), interest(session.has_unsent())));
        }
        let mut next = self.listener.next_accept();
        for client in &self.clients {
            match client {
                Client::Connecting(connecting) => {
                    descriptors.push(PollFd::from_borrowed_fd(connecting.as_fd(), PollFlags::IN));
                }
                Client::Connected { session, .. } => {
                    descriptors
                        .push(PollFd::from_borrowed_fd(session.as_fd(), interest(session.has_unsent())));
                }
                Client::Later(_, when) => {
                    next = next.earlier(Deadline::at(*when));
                    continue;
                }
            }
            owners.push(Owner::Client);
        }
        poll(&mut descriptors, next.remaining().and_then(|left| Timespec::try_from(left).ok()).as_ref())?;
        let ready = owners.into_iter().zip(&descriptors).filter(|(_, found)| !found.revents().is_empty());
        Ok(ready.map(|(owner, _)| owner).collect())
    }

    fn accept(&mut self) -> Result<(), Box<dyn Error>> {
        while let Some(session) = self.listener.try_accept()? {
            self.servers.insert(session.session_id(), session);
        }
        Ok(())
    }

    /// Answers what has come on a server's session, until its client takes no more.
    fn serve(&mut self, id: u64) -> Result<(), Box<dyn Error>> {
        let Some(session) = self.servers.get_mut(&id) else { return Ok(()) };
        if flush(session.flush(Deadline::after(Duration::ZERO)))? {
            return Ok(());
        }
        // A client that does not read its answers is not read either.
        while !session.has_unsent() {
            match session.try_receive() {
                Ok(Some(request)) => {
                    let (header, payload) = (request.header, request.payload.to_vec());
                    session.try_respond(header, &payload)?;
                    self.summary.answered += 1;
                }
                Ok(None) => break,
                Err(ReceiveError::Closed) => {
                    self.servers.remove(&id);
                    self.summary.closed += 1;
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn advance_clients(&mut self) -> Result<(), Box<dyn Error>> {
        let Self { clients, requests, summary, .. } = self;
        for client in std::mem::take(clients) {
            clients.extend(advance(client, *requests, summary)?);
        }
        Ok(())
    }
}

/// Goes on with a client as far as that is possible at once; `None` when it is done.
fn advance(client: Client, requests: usize, summary: &mut Summary) -> Result<Option<Client>, Box<dyn Error>> {
    let (mut session, mut to_send, mut to_receive) = match client {
        Client::Later(connecting, when) if Instant::now() < when => {
            return Ok(Some(Client::Later(connecting, when)));
        }
        Client::Connecting(connecting) | Client::Later(connecting, _) => match connecting.advance()? {
            Progress::Connected(session) => {
                summary.sessions += 1;
                (session, requests, requests)
            }
            Progress::Readable(connecting) => return Ok(Some(Client::Connecting(connecting))),
            Progress::Later(connecting, pause) => {
                return Ok(Some(Client::Later(connecting, Instant::now() + pause)));
            }
        },
        Client::Connected { session, to_send, to_receive } => (session, to_send, to_receive),
    };
    let is_stuck = flush(session.flush(Deadline::after(Duration::ZERO)))?;
    while to_send > 0 && !is_stuck && !session.has_unsent() {
        session.try_send(1, to_send as u64, &PAYLOAD)?;
        to_send -= 1;
    }
    while let Some(response) = session.try_receive()? {
        assert_eq!(response.payload, PAYLOAD, "the server echoes");
        summary.received += 1;
        to_receive -= 1;
    }
    Ok((to_receive > 0).then_some(Client::Connected { session, to_send, to_receive }))
}

/// Whether something still is not out after a flush.
fn flush(flushed: Result<(), SendError>) -> Result<bool, SendError> {
    match flushed {
        Ok(()) => Ok(false),
        Err(SendError::TimedOut) => Ok(true),
        Err(error) => Err(error),
    }
}

fn interest(has_unsent: bool) -> PollFlags {
    if has_unsent { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN }
}
