//! What has become of a session besides its messages.

use std::sync::atomic::{AtomicBool, Ordering};

/// What has become of a session besides its messages. Whoever waits does so on the socket, which is ended too.
#[derive(Debug, Default)]
pub(in crate::posix) struct Alarm {
    aborted: AtomicBool,
}

impl Alarm {
    /// The session is over.
    pub(in crate::posix) fn abort(&self) {
        self.aborted.store(true, Ordering::Release);
    }

    /// Nothing more is to come in, which the socket itself says.
    pub(in crate::posix) fn end_reading(&self) {}

    pub(in crate::posix) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }
}
