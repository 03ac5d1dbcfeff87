//! The process of the servers: does what it is ordered to.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use netipc_transport::{
    Abort, Batch, Endpoint, ListenError, ListenOptions, Listener, MessageHeader, ReceiveError, SendError,
    ServerSession, SessionHandle,
};

use super::orders::{Answer, AtOnce, Order, Reply, ToListener, ToSession, What, WireAnswer, hear, say};
use crate::servers::Serving;
use crate::support::{Reverser, reverse_all};

/// Does what standard input orders until that ends. Threads that wait still do then: the program is to end.
pub fn serve_orders() {
    let host = Arc::new(Host::default());
    let mut input = BufReader::new(io::stdin().lock());
    while let Ok(order) = hear(&mut input) {
        host.pass_on(order);
    }
}

/// What is here, by number. Each listener and each session has a thread, which does what comes from here in turn.
#[derive(Default)]
struct Objects {
    listeners: HashMap<u64, Sender<(u64, ToListener)>>,
    sessions: HashMap<u64, Sender<(u64, ToSession)>>,
    handles: HashMap<u64, SessionHandle>,
    aborts: HashMap<u64, Abort>,
}

#[derive(Default)]
struct Host {
    objects: Mutex<Objects>,
    output: Mutex<()>,
}

impl Host {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap()
    }

    /// Never waits.
    fn pass_on(self: &Arc<Self>, Order { call, object, what }: Order) {
        match what {
            What::Bind { run_dir, service, options } => {
                let (sender, orders) = mpsc::channel();
                self.objects().listeners.insert(object, sender);
                let host = Arc::clone(self);
                thread::spawn(move || {
                    let mut owned = OwnedListener { host, listener: None, reverser: None };
                    owned.host.clone().answer(call, || {
                        let endpoint = Endpoint::new(run_dir, service).unwrap();
                        owned.bind(&endpoint, &options)
                    });
                    owned.obey(&orders);
                });
            }
            What::Listener(order) => {
                let is_last = matches!(order, ToListener::Drop);
                let thread = thread_of(&mut self.objects().listeners, object, is_last);
                self.enqueue(thread, call, order);
            }
            What::Session(order) => {
                let is_last = matches!(order, ToSession::Drop);
                let thread = thread_of(&mut self.objects().sessions, object, is_last);
                self.enqueue(thread, call, order);
            }
            What::AtOnce(order) => self.answer(call, || self.do_at_once(object, &order)),
        }
    }

    fn enqueue<O>(&self, thread: Option<Sender<(u64, O)>>, call: u64, order: O) {
        match thread {
            Some(thread) => thread.send((call, order)).unwrap(),
            None => self.answer(call, || Reply::Failed("there is no such object".to_owned())),
        }
    }

    fn do_at_once(&self, object: u64, order: &AtOnce) -> Reply {
        match order {
            AtOnce::Abort => self.abort(object).abort(),
            AtOnce::Clear => self.abort(object).clear(),
            AtOnce::DropAbort => drop(self.objects().aborts.remove(&object)),
            AtOnce::Shutdown => self.handle(object).shutdown(),
            AtOnce::ShutdownRead => self.handle(object).shutdown_read(),
            AtOnce::DropHandle => drop(self.objects().handles.remove(&object)),
        }
        Reply::Done
    }

    fn abort(&self, number: u64) -> Abort {
        self.objects().aborts.entry(number).or_default().clone()
    }

    fn handle(&self, number: u64) -> SessionHandle {
        let handle = self.objects().handles.get(&number).cloned();
        handle.unwrap()
    }

    /// Gives a session a thread.
    fn own(self: &Arc<Self>, number: u64, session: ServerSession) {
        let (sender, orders) = mpsc::channel();
        self.objects().sessions.insert(number, sender);
        let mut owned = OwnedSession { host: Arc::clone(self), session: Some(session) };
        thread::spawn(move || owned.obey(&orders));
    }

    /// Does it and says what came of it.
    fn answer(&self, call: u64, order: impl FnOnce() -> Reply) {
        // What the panic says is on standard error.
        let reply = catch_unwind(AssertUnwindSafe(order));
        let reply = reply.unwrap_or_else(|_| Reply::Failed("it panicked".to_owned()));
        let _turn = self.output.lock().unwrap();
        let mut output = io::stdout();
        if let Err(error) = say(&mut output, &Answer { call, reply }) {
            // If that fails too, nobody is there, and the input ends.
            let _ = say(&mut output, &Answer { call, reply: Reply::Failed(error.to_string()) });
        }
    }
}

/// How to tell the thread of an object something. After the last it ends.
fn thread_of<O>(threads: &mut HashMap<u64, Sender<O>>, object: u64, is_last: bool) -> Option<Sender<O>> {
    if is_last { threads.remove(&object) } else { threads.get(&object).cloned() }
}

/// A listener, or the servers that it has become, with the thread that owns it.
struct OwnedListener {
    host: Arc<Host>,
    listener: Option<Listener>,
    reverser: Option<Reverser>,
}

impl OwnedListener {
    fn bind(&mut self, endpoint: &Endpoint, options: &ListenOptions) -> Reply {
        match Listener::bind(endpoint, options) {
            Ok(listener) => {
                self.listener = Some(listener);
                Reply::Done
            }
            Err(ListenError::AddressInUse { source, .. }) => {
                Reply::AddressInUse(source.map(|error| error.to_string()))
            }
            Err(error) => Reply::NotBound(format!("{error:?}")),
        }
    }

    fn obey(&mut self, orders: &Receiver<(u64, ToListener)>) {
        for (call, order) in orders {
            self.host.clone().answer(call, || self.act(&order));
        }
    }

    fn act(&mut self, order: &ToListener) -> Reply {
        match *order {
            ToListener::Accept { session: number, wait, abort } => {
                let abort = self.host.abort(abort);
                match self.listener().accept(wait.into(), &abort) {
                    Ok(session) => {
                        let (terms, peer) = (session.terms(), Serving::peer_credentials(&session));
                        self.host.own(number, session);
                        return Reply::Accepted { terms, peer };
                    }
                    Err(error) => return Reply::NotAccepted(error),
                }
            }
            ToListener::RaiseResponseLimitTo(bytes) => self.listener().response_limit().raise_to(bytes),
            ToListener::Reverse => self.reverser = self.listener.take().map(Reverser::start),
            ToListener::Drop => {
                self.listener = None;
                self.reverser = None;
            }
        }
        Reply::Done
    }

    fn listener(&mut self) -> &mut Listener {
        self.listener.as_mut().unwrap()
    }
}

fn received(received: Result<(MessageHeader, Vec<u8>), ReceiveError>) -> Reply {
    received.map_or_else(Reply::NotReceived, |(header, payload)| Reply::Received { header, payload })
}

fn sent(sent: Result<(), SendError>) -> Reply {
    sent.map_or_else(Reply::NotSent, |()| Reply::Done)
}

/// A session, with the thread that owns it.
struct OwnedSession {
    host: Arc<Host>,
    session: Option<ServerSession>,
}

impl OwnedSession {
    fn obey(&mut self, orders: &Receiver<(u64, ToSession)>) {
        for (call, order) in orders {
            self.host.clone().answer(call, || self.act(order));
        }
    }

    fn act(&mut self, order: ToSession) -> Reply {
        match order {
            ToSession::Receive(wait) => {
                let message = self.session().receive(wait.into());
                return received(message.map(|message| (message.header, message.payload.to_vec())));
            }
            ToSession::ReceiveCounted(wait) => {
                let (allocations, header) = self.session().receive_counted(wait.into());
                let reply = Box::new(received(header.map(|header| (header, Vec::new()))));
                return Reply::Counted { allocations, reply };
            }
            ToSession::RespondCounted { payload, to, wait } => {
                let (allocations, responded) = self.session().respond_counted(to, &payload, wait.into());
                return Reply::Counted { allocations, reply: Box::new(sent(responded)) };
            }
            ToSession::Send { answer, to, wait } => {
                let deadline = wait.into();
                return sent(match answer {
                    WireAnswer::Respond(payload) => self.session().respond(to, &payload, deadline),
                    WireAnswer::RespondBatch { item_count, payload } => {
                        let batch = Batch::decode(&payload, item_count).unwrap();
                        self.session().respond_batch(to, &batch, deadline)
                    }
                    WireAnswer::Reject(status) => self.session().reject(to, status, deadline),
                    WireAnswer::Refuse(status) => self.take().refuse(to, status, deadline),
                });
            }
            ToSession::IsEnded => return Reply::IsEnded(self.session().is_ended()),
            ToSession::Handle(number) => {
                let handle = self.session().handle();
                self.host.objects().handles.insert(number, handle);
            }
            ToSession::ReverseAll => reverse_all(self.take()),
            ToSession::Drop => self.session = None,
        }
        Reply::Done
    }

    fn session(&mut self) -> &mut ServerSession {
        self.session.as_mut().unwrap()
    }

    fn take(&mut self) -> ServerSession {
        self.session.take().unwrap()
    }
}
