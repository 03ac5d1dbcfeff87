//! The pipe of a session, which whoever may end the session shares.

use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle, OwnedHandle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use super::sys::{ClosableHandle, Event, pending_bytes};
use crate::abort::Wake;

/// A session's end of a pipe, and what has become of it besides its messages.
///
/// Closing it from any thread ends what is in progress on it, so that whoever waits for that need not wait for anything
/// else. What was written before can still be read at the other end.
#[derive(Debug)]
pub(crate) struct Connection {
    pipe: Arc<ClosableHandle>,
    /// Signalled when it is time to look whether something has come.
    readable: Arc<Event>,
    aborted: AtomicBool,
    reading_over: AtomicBool,
}

impl Connection {
    /// Of a pipe that is not there yet.
    pub(super) fn vacant() -> io::Result<Self> {
        Self::of(Arc::new(ClosableHandle::vacant()))
    }

    /// Of this pipe.
    pub(super) fn of(pipe: Arc<ClosableHandle>) -> io::Result<Self> {
        Ok(Self {
            pipe,
            readable: Arc::new(Event::signalled()?),
            aborted: AtomicBool::new(false),
            reading_over: AtomicBool::new(false),
        })
    }

    /// Takes its pipe. One that was ended meanwhile closes it.
    pub(super) fn fill(&self, pipe: OwnedHandle) {
        self.pipe.fill(pipe);
    }

    pub(super) fn pipe(&self) -> &Arc<ClosableHandle> {
        &self.pipe
    }

    pub(super) fn readable(&self) -> &Arc<Event> {
        &self.readable
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }

    pub(super) fn is_reading_over(&self) -> bool {
        self.reading_over.load(Ordering::Acquire)
    }

    pub(super) fn close(&self) {
        self.pipe.close();
    }

    fn abort(&self) {
        // Before the end can be seen, so that it is known for what it is.
        self.aborted.store(true, Ordering::Release);
        self.close();
        self.readable.set();
    }

    fn end_reading(&self) {
        // Whoever begins a read resets the event and looks at this afterwards: one of the two is seen.
        self.reading_over.store(true, Ordering::SeqCst);
        self.readable.set();
    }
}

/// Signalled when it is time to look whether something has come.
impl AsHandle for Connection {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.readable.as_handle()
    }
}

impl Wake for Connection {
    fn wake(&self) {
        self.abort();
    }
}

/// A way to end a session that does not keep its pipe open.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionRef(Weak<Connection>);

impl ConnectionRef {
    pub(super) fn new(connection: &Arc<Connection>) -> Self {
        Self(Arc::downgrade(connection))
    }

    /// Ends whatever waits there, as aborted.
    pub(crate) fn abort(&self) {
        if let Some(connection) = self.0.upgrade() {
            connection.abort();
        }
    }

    /// Whether the session has only to see that it is over: its peer has gone, or its pipe has.
    pub(crate) fn is_ending(&self) -> bool {
        let has_ended =
            |pipe: &ClosableHandle| pipe.enter().is_none_or(|pipe| pending_bytes(pipe.handle()).is_err());
        self.0.upgrade().is_none_or(|connection| has_ended(&connection.pipe))
    }

    /// Lets nothing more come in.
    pub(crate) fn shut_down_read(&self) {
        if let Some(connection) = self.0.upgrade() {
            connection.end_reading();
        }
    }
}
