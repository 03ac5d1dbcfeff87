//! The process of the servers: does what it is ordered to.

mod listener;
mod session;

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use netipc_transport::{Abort, Endpoint, ServerSession, SessionHandle};

use self::listener::OwnedListener;
use self::session::OwnedSession;
use super::orders::{Answer, AtOnce, Order, Reply, ToListener, ToSession, What, hear, say};

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
struct Host(Mutex<Objects>);

impl Host {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.0.lock().unwrap()
    }

    /// Never waits.
    fn pass_on(self: &Arc<Self>, Order { call, object, what }: Order) {
        match what {
            What::Bind { run_dir, service, options } => {
                let (sender, orders) = mpsc::channel();
                self.objects().listeners.insert(object, sender);
                let host = Arc::clone(self);
                thread::spawn(move || {
                    let mut owned = OwnedListener::new(host);
                    answer(call, || {
                        let endpoint = Endpoint::new(run_dir, service).unwrap();
                        owned.bind(&endpoint, &options)
                    });
                    owned.obey(&orders);
                });
            }
            What::Listener(order) => {
                let is_last = matches!(order, ToListener::Drop);
                let thread = thread_of(&mut self.objects().listeners, object, is_last);
                enqueue(thread, is_last, call, order);
            }
            What::Session(order) => {
                let is_last = matches!(order, ToSession::Drop);
                let thread = thread_of(&mut self.objects().sessions, object, is_last);
                enqueue(thread, is_last, call, order);
            }
            What::AtOnce(order) => answer(call, || self.do_at_once(object, &order)),
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
        let mut owned = OwnedSession::new(Arc::clone(self), session);
        thread::spawn(move || owned.obey(&orders));
    }
}

/// How to tell the thread of an object something. After the last it ends.
fn thread_of<O>(threads: &mut HashMap<u64, Sender<O>>, object: u64, is_last: bool) -> Option<Sender<O>> {
    if is_last { threads.remove(&object) } else { threads.get(&object).cloned() }
}

fn enqueue<O>(thread: Option<Sender<(u64, O)>>, is_last: bool, call: u64, order: O) {
    match thread {
        Some(thread) => thread.send((call, order)).unwrap(),
        // What has not come to be is gone.
        None if is_last => answer(call, || Reply::Done),
        None => answer(call, || Reply::Failed("there is no such object".to_owned())),
    }
}

/// Does it and says what came of it.
fn answer(call: u64, order: impl FnOnce() -> Reply) {
    // What the panic says is on standard error.
    let reply = catch_unwind(AssertUnwindSafe(order));
    let reply = reply.unwrap_or_else(|_| Reply::Failed("it panicked".to_owned()));
    let mut output = io::stdout().lock();
    if let Err(error) = say(&mut output, &Answer { call, reply }) {
        // If that fails too, nobody is there, and the input ends.
        let _ = say(&mut output, &Answer { call, reply: Reply::Failed(error.to_string()) });
    }
}
