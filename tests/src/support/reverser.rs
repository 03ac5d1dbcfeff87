//! A server that answers.

use std::thread;

use netipc_transport::{Abort, Deadline, Listener, ServerSession, Status};

use super::soon;

/// A server that answers every request of every client with the payload reversed, each session in a thread, until it
/// is dropped. Its sessions go with it.
pub struct Reverser {
    stop: Abort,
    thread: Option<thread::JoinHandle<()>>,
}

impl Reverser {
    pub fn start(mut listener: Listener) -> Self {
        let stop = Abort::new();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let mut sessions = Vec::new();
            while let Ok(session) = listener.accept(Deadline::NEVER, &stopped) {
                let handle = session.handle();
                sessions.push((handle, thread::spawn(move || reverse_all(session))));
            }
            for (handle, thread) in sessions {
                handle.shutdown();
                let _ = thread.join();
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Reverser {
    fn drop(&mut self) {
        self.stop.abort();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers until the session ends; refuses what it must.
pub fn reverse_all(mut session: ServerSession) {
    let mut answer = Vec::new();
    loop {
        let header = match session.receive(Deadline::NEVER) {
            Ok(request) => {
                answer.clear();
                answer.extend(request.payload.iter().rev());
                request.header
            }
            Err(error) => {
                if let Some(header) = error.header() {
                    let _ = session.refuse(header, Status::LimitExceeded, soon());
                }
                return;
            }
        };
        if session.respond(header, &answer, soon()).is_err() {
            return;
        }
    }
}
