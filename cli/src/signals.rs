//! The signals that end a command in order.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use platform::{Bell, Handle, SIGHUP, SIGINT, SIGTERM, Signals};
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

use crate::error::Failure;

/// SIGINT and SIGTERM, as something to wait for. From here on they end nothing by themselves.
pub(crate) fn termination() -> Result<Signals, Failure> {
    catch(&[SIGINT, SIGTERM])
}

/// For as long as the result lives, what a terminal sends to all of its processes does nothing: SIGINT and SIGHUP.
pub(crate) fn ignored() -> Result<Signals, Failure> {
    catch(&[SIGINT, SIGHUP])
}

fn catch(signals: &[i32]) -> Result<Signals, Failure> {
    Signals::new(signals).map_err(|error| cannot_wait(&error))
}

fn cannot_wait(error: &io::Error) -> Failure {
    Failure::Failed(format!("cannot wait for signals: {error}"))
}

/// Who reads what this prints.
enum Reader {
    /// Somebody, as far as can be seen.
    There,
    /// Nobody any more.
    Gone,
}

/// Runs `work`, which is ended by SIGINT, SIGTERM or the end of its terminal: through what it has told
/// [`Interrupt::then`] to do when one of them comes.
///
/// # Errors
/// [`Failure::Interrupted`] if a signal came, whatever `work` made of it; else the failure of `work`.
pub(crate) fn interruptible<T>(work: impl FnOnce(&Interrupt) -> Result<T, Failure>) -> Result<T, Failure> {
    match run(work)? {
        (_, Some(signal)) => Err(Failure::Interrupted(signal)),
        (result, None) => result,
    }
}

/// As [`interruptible`], for work that a signal ends as it should end, as Ctrl-C ends what goes on until then.
///
/// # Errors
/// The failure of `work`.
pub(crate) fn until_interrupted<T>(
    work: impl FnOnce(&Interrupt) -> Result<T, Failure>,
) -> Result<T, Failure> {
    run(work)?.0
}

/// What came of `work`, and the signal that came meanwhile.
fn run<T>(
    work: impl FnOnce(&Interrupt) -> Result<T, Failure>,
) -> Result<(Result<T, Failure>, Option<i32>), Failure> {
    let mut signals = catch(&[SIGINT, SIGTERM, SIGHUP])?;
    let interrupt = Interrupt::new()?;
    let result = thread::scope(|scope| {
        // Also where `work` panics: the scope waits for its thread.
        let _close = CloseOnDrop(signals.handle());
        scope.spawn(|| {
            for signal in signals.forever() {
                interrupt.happen(signal);
            }
        });
        work(&interrupt)
    });
    Ok((result, interrupt.signal()))
}

struct CloseOnDrop(Handle);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What is to happen when a signal comes.
pub(crate) struct Interrupt {
    state: Mutex<State>,
    bell: Bell,
}

#[derive(Default)]
struct State {
    signal: Option<i32>,
    actions: Vec<Box<dyn FnOnce() + Send>>,
}

impl Interrupt {
    fn new() -> Result<Self, Failure> {
        let bell = Bell::new().map_err(|error| cannot_wait(&error))?;
        Ok(Self { state: Mutex::default(), bell })
    }

    /// Does `action` when a signal comes, or at once if one has come already. It must be quick and wait for nothing.
    pub(crate) fn then(&self, action: impl FnOnce() + Send + 'static) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.signal.is_some() {
            drop(state);
            action();
        } else {
            state.actions.push(Box::new(action));
        }
    }

    /// The signal that has come.
    pub(crate) fn signal(&self) -> Option<i32> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).signal
    }

    /// Waits so long, or until a signal comes; whether one has.
    ///
    /// # Errors
    /// [`Failure::Output`] as soon as whoever reads stdout has gone, where that can be seen.
    pub(crate) fn wait(&self, time: Duration) -> Result<bool, Failure> {
        match self.bell.wait(time).map_err(|error| cannot_wait(&error))? {
            Reader::There => Ok(self.signal().is_some()),
            Reader::Gone => Err(Failure::Output(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// The first signal counts; the work is ending already when more of them come.
    fn happen(&self, signal: i32) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.signal.get_or_insert(signal);
        let actions = std::mem::take(&mut state.actions);
        drop(state);
        self.bell.ring();
        for action in actions {
            action();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn an_action_runs_once_when_a_signal_comes() {
        let interrupt = Interrupt::new().expect("a bell");
        let (done, seen) = mpsc::channel();
        interrupt.then(move || done.send(()).expect("somebody listens"));
        assert!(seen.try_recv().is_err());
        interrupt.happen(SIGINT);
        interrupt.happen(SIGTERM);
        assert_eq!(seen.iter().count(), 1);
        assert_eq!(interrupt.state.lock().expect("nobody panicked").signal, Some(SIGINT));
    }

    #[test]
    fn waiting_ends_with_the_time_or_with_a_signal() {
        let interrupt = Interrupt::new().expect("a bell");
        assert!(!interrupt.wait(Duration::from_millis(1)).expect("the time is over"));
        thread::scope(|scope| {
            scope.spawn(|| interrupt.happen(SIGINT));
            assert!(interrupt.wait(Duration::MAX).expect("a signal came"));
        });
        assert_eq!(interrupt.signal(), Some(SIGINT));
    }

    #[test]
    fn an_action_that_comes_after_the_signal_runs_at_once() {
        let interrupt = Interrupt::new().expect("a bell");
        interrupt.happen(SIGTERM);
        let (done, seen) = mpsc::channel();
        interrupt.then(move || done.send(()).expect("somebody listens"));
        assert!(seen.try_recv().is_ok());
    }
}
