//! The socket of a session, which whoever may end the session shares.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::sync::{Arc, Weak};

use rustix::net::Shutdown;

use super::Alarm;
use super::maker::Maker;
use super::sys;
use crate::abort::Wake;

/// A connected socket, shared with whoever may end it from outside. The descriptor lives for as long as anybody is
/// just shutting it down, so that no other file gets its number meanwhile.
pub(crate) struct Socket {
    fd: OwnedFd,
    alarm: Alarm,
    maker: Maker,
    #[cfg(target_os = "linux")]
    aborted: OnceLock<Aborted>,
}

/// Is called when a session has been aborted.
#[cfg(target_os = "linux")]
type Aborted = Box<dyn Fn() + Send + Sync>;

impl Socket {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self {
            fd,
            alarm: Alarm::default(),
            maker: Maker::this(),
            #[cfg(target_os = "linux")]
            aborted: OnceLock::new(),
        }
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.alarm.is_aborted()
    }

    /// What whoever waits elsewhere is told by.
    #[cfg(target_os = "linux")]
    pub(super) fn alarm(&self) -> &Alarm {
        &self.alarm
    }

    /// Has `aborted` called when the session is aborted, whatever its own thread is doing. The first one stays.
    #[cfg(target_os = "linux")]
    pub(super) fn abort_also(&self, aborted: impl Fn() + Send + Sync + 'static) {
        let _ = self.aborted.set(Box::new(aborted));
    }

    /// Whether another process has made it, which has forked this one and may still use it.
    pub(super) fn is_inherited(&self) -> bool {
        !self.maker.is_this()
    }

    pub(super) fn shut_down(&self, how: Shutdown) {
        // Fails only where the peer has gone already, and then there is nothing left to shut down.
        let _ = sys::shutdown(&self.fd, how);
    }

    fn abort(&self) {
        // Before the end can be seen, so that it is known for what it is.
        self.alarm.abort();
        self.shut_down(Shutdown::Both);
        // Behind the end, so that a client that does not find its region any more knows why.
        #[cfg(target_os = "linux")]
        if let Some(aborted) = self.aborted.get() {
            aborted();
        }
    }

    fn shut_down_read(&self) {
        self.alarm.end_reading();
        self.shut_down(Shutdown::Read);
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("fd", &self.fd).field("alarm", &self.alarm).finish_non_exhaustive()
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Wake for Socket {
    fn wake(&self) {
        self.abort();
    }
}

/// A way to end a socket that does not keep it open.
#[derive(Clone, Debug)]
pub(crate) struct SocketRef(Weak<Socket>);

impl SocketRef {
    pub(crate) fn new(socket: &Arc<Socket>) -> Self {
        Self(Arc::downgrade(socket))
    }

    /// Ends whatever waits there, as aborted.
    pub(crate) fn abort(&self) {
        if let Some(socket) = self.0.upgrade() {
            socket.abort();
        }
    }

    /// Lets nothing more come in.
    pub(crate) fn shut_down_read(&self) {
        if let Some(socket) = self.0.upgrade() {
            socket.shut_down_read();
        }
    }
}
