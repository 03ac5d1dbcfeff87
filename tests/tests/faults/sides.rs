//! Both sides of a scenario, each with its own injector.

use std::error::Error;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netipc_tests::conformance::Transport;
use netipc_tests::support::Place;
use netipc_transport::faults::Injector;
use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectOptions, Deadline, ListenOptions, Listener, ReceiveError,
    ServerSession, Status,
};

pub(crate) type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Where a scenario takes place, and what fails in it.
pub(crate) struct Sides {
    pub(crate) place: Place,
    pub(crate) server: Injector,
    pub(crate) client: Injector,
}

/// How the sides of a scenario have fared.
pub(crate) struct Outcomes {
    pub(crate) server: Outcome,
    pub(crate) client: Outcome,
}

/// Time enough for all.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn in_time() -> Deadline {
    Deadline::after(PATIENCE)
}

impl Sides {
    /// A server in a thread, which answers whatever comes with its reverse, and the client's work here.
    pub(crate) fn served(&self, listen: &ListenOptions, client: impl FnOnce() -> Outcome) -> Outcomes {
        let stop = Abort::new();
        let (listening, is_listening) = mpsc::channel();
        thread::scope(|scope| {
            let stopped = stop.clone();
            let server = scope.spawn(move || {
                self.server.during(|| -> Outcome {
                    let mut listener = Listener::bind(&self.place.endpoint, listen)?;
                    let _ = listening.send(());
                    self.serve(&mut listener, &stopped)
                })
            });
            // Without a server there is nothing to ask of a client.
            let client = if is_listening.recv().is_ok() { self.client.during(client) } else { Ok(()) };
            stop.abort();
            Outcomes { server: joined(server), client }
        })
    }

    /// Answers sessions, each in a thread, until it is told to stop.
    fn serve(&self, listener: &mut Listener, stop: &Abort) -> Outcome {
        thread::scope(|scope| {
            let mut sessions = Vec::new();
            let accepted = loop {
                match listener.accept(Deadline::NEVER, stop) {
                    Ok(session) => sessions.push(scope.spawn(|| self.server.during(|| answer_all(session)))),
                    Err(AcceptError::Aborted) => break Ok(()),
                    Err(error) => break Err(error.into()),
                }
            };
            sessions.into_iter().map(joined).fold(accepted, Result::and)
        })
    }

    pub(crate) fn connect(
        &self,
        options: &ConnectOptions,
    ) -> Result<ClientSession, netipc_transport::ConnectError> {
        ClientSession::connect(&self.place.endpoint, options, in_time(), &Abort::new())
    }

    /// A session that came about without a fault, and then both sides' work on it.
    pub(crate) fn paired<T: Transport>(
        &self,
        connect: &ConnectOptions,
        listen: &ListenOptions,
        server: impl FnOnce(ServerSession) -> Outcome + Send,
        client: impl FnOnce(ClientSession) -> Outcome,
    ) -> Outcomes {
        let mut listener = Listener::bind(&self.place.endpoint, listen).expect("no fault yet");
        thread::scope(|scope| {
            let connecting = scope.spawn(|| self.connect(connect).expect("no fault yet"));
            let session = listener.accept(in_time(), &Abort::new()).expect("no fault yet");
            let asking = connecting.join().expect("no fault yet");
            assert_eq!(asking.agreed().profile, T::PROFILE);
            let serving = scope.spawn(|| self.server.during(|| server(session)));
            let client = self.client.during(|| client(asking));
            Outcomes { server: joined(serving), client }
        })
    }
}

fn joined(side: thread::ScopedJoinHandle<'_, Outcome>) -> Outcome {
    side.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Answers every request with its reverse, batches item by item, until the client closes.
pub(crate) fn answer_all(mut session: ServerSession) -> Outcome {
    loop {
        let request = match session.receive(in_time()) {
            Ok(request) => request,
            Err(ReceiveError::Closed) => return Ok(()),
            Err(error) => {
                if let Some(header) = error.header() {
                    session.refuse(header, Status::LimitExceeded, in_time())?;
                }
                return Err(error.into());
            }
        };
        let header = request.header;
        if let Some(items) = request.items() {
            let mut answer = netipc_transport::BatchBuilder::new();
            answer.start(items.item_count(), 1 << 20)?;
            for item in items.iter() {
                answer.push(item)?;
            }
            session.respond_batch(header, &answer.finish()?, in_time())?;
        } else {
            let answer: Vec<u8> = request.payload.iter().rev().copied().collect();
            session.respond(header, &answer, in_time())?;
        }
    }
}
