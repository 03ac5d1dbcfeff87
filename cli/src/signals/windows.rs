//! What Windows has in place of signals: Ctrl-C and Ctrl-Break. The end of the console, of the user's session and of the
//! machine come the same way and cannot be told apart, but at the process's own end Windows does not wait for it. A process
//! in session 0 is told of the end of every user's session.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::Reader;

/// Their numbers on POSIX, which the exit status is made of.
pub(super) const SIGHUP: i32 = 1;
pub(super) const SIGINT: i32 = 2;
pub(super) const SIGTERM: i32 = 15;

/// Rings once, and is heard from then on.
#[derive(Default)]
pub(super) struct Bell {
    has_rung: Mutex<bool>,
    rings: Condvar,
}

impl Bell {
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    pub(super) fn ring(&self) {
        *self.has_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rings.notify_all();
    }

    /// Waits so long, or until it rings. Whether somebody reads stdout shows only in writing.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn wait(&self, time: Duration) -> io::Result<Reader> {
        let has_rung = self.has_rung.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.rings.wait_timeout_while(has_rung, time, |has_rung| !*has_rung));
        Ok(Reader::There)
    }
}

/// Whoever waits at the moment.
static WAITING: Mutex<Vec<Sender<Option<i32>>>> = Mutex::new(Vec::new());

/// Something to wait for. All that Windows has counts as SIGINT.
pub(crate) struct Signals {
    told: Receiver<Option<i32>>,
    teller: Sender<Option<i32>>,
}

/// Ends the waiting.
pub(crate) struct Handle(Sender<Option<i32>>);

impl Signals {
    /// From here on they end nothing by themselves.
    pub(super) fn new(_signals: &[i32]) -> io::Result<Self> {
        static HANDLER: OnceLock<Result<(), ctrlc::Error>> = OnceLock::new();
        installed(HANDLER.get_or_init(|| ctrlc::set_handler(happened)))?;
        let (teller, told) = mpsc::channel();
        waiting().push(teller.clone());
        Ok(Self { told, teller })
    }

    pub(crate) fn handle(&self) -> Handle {
        Handle(self.teller.clone())
    }

    /// Those that come, until the handle is closed.
    pub(crate) fn forever(&mut self) -> impl Iterator<Item = i32> + '_ {
        self.told.iter().map_while(|signal| signal)
    }
}

impl Handle {
    pub(crate) fn close(&self) {
        // Nobody waits any more if this fails.
        let _ = self.0.send(None);
    }
}

/// A handler is made once, and whoever comes later without one is told as well.
fn installed(handler: &Result<(), ctrlc::Error>) -> io::Result<()> {
    handler.as_ref().copied().map_err(|error| io::Error::other(error.to_string()))
}

fn happened() {
    waiting().retain(|teller| teller.send(Some(SIGINT)).is_ok());
}

fn waiting() -> std::sync::MutexGuard<'static, Vec<Sender<Option<i32>>>> {
    // Nothing that can panic runs under the lock.
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_after_a_handler_could_not_be_made_is_told_as_well() {
        let handler = Err(ctrlc::Error::MultipleHandlers);
        for _ in 0..2 {
            assert!(installed(&handler).is_err());
        }
        assert!(installed(&Ok(())).is_ok());
    }

    #[test]
    fn whoever_waits_is_told_until_it_closes() {
        let mut signals = Signals::new(&[SIGINT]).expect("a handler");
        happened();
        signals.handle().close();
        assert_eq!(signals.forever().collect::<Vec<_>>(), [SIGINT]);
    }
}
