//! Making system calls fail, for tests.
//!
//! A thread that has been given an [`Injector`] asks it before each system call, and at each step of a publication.
//! The injector counts, and at the use that it was made for has the call fail without being made, or stops the thread
//! for ever, so that the process can be killed there, or has something else happen before.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

pub use rustix::io::Errno;

thread_local! {
    static INJECTOR: RefCell<Option<Injector>> = const { RefCell::new(None) };
}

/// What happens at the use that an injector was made for.
#[derive(Clone)]
pub enum Action {
    /// The call fails with this error.
    Fail(Errno),
    /// This is called, and then the thread stops for ever.
    Stop(fn()),
    /// This is called, and then the call is made.
    Precede(Arc<dyn Fn() + Send + Sync>),
}

/// Counts the uses of system calls, and acts at one of them. Clones count together.
#[derive(Clone)]
pub struct Injector(Arc<Mutex<State>>);

struct State {
    uses: BTreeMap<&'static str, usize>,
    /// At which use of which call to do what.
    plan: Option<(String, usize, Action)>,
    /// Calls that fail always.
    lacking: Vec<(&'static str, Errno)>,
}

impl Injector {
    /// Only counts.
    #[must_use]
    pub fn counting() -> Self {
        Self::new(None)
    }

    /// Acts at the `nth` use of `call`, the first one being 1.
    #[must_use]
    pub fn at(call: &str, nth: usize, action: Action) -> Self {
        Self::new(Some((call.to_owned(), nth, action)))
    }

    fn new(plan: Option<(String, usize, Action)>) -> Self {
        Self(Arc::new(Mutex::new(State { uses: BTreeMap::new(), plan, lacking: Vec::new() })))
    }

    /// The same where the system lacks this call: it fails with `error`, always.
    #[must_use]
    pub fn lacking(self, call: &'static str, error: Errno) -> Self {
        self.state().lacking.push((call, error));
        self
    }

    /// Runs `work` with this injector in this thread.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Puts back what was there, also where `work` panics.
        struct Restore(Option<Injector>);
        impl Drop for Restore {
            fn drop(&mut self) {
                let before = self.0.take();
                INJECTOR.with(|injector| *injector.borrow_mut() = before);
            }
        }
        let _restore = Restore(INJECTOR.with(|injector| injector.replace(Some(self.clone()))));
        work()
    }

    /// How often each call was used.
    #[must_use]
    pub fn uses(&self) -> BTreeMap<&'static str, usize> {
        self.state().uses.clone()
    }

    /// Whether the use that it was made for has come.
    #[must_use]
    pub fn has_acted(&self) -> bool {
        let state = self.state();
        state
            .plan
            .as_ref()
            .is_some_and(|(call, nth, _)| state.uses.get(call.as_str()).is_some_and(|uses| uses >= nth))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, call: &'static str) -> Option<Action> {
        let mut state = self.state();
        if let Some((_, error)) = state.lacking.iter().find(|(lacking, _)| *lacking == call) {
            return Some(Action::Fail(*error));
        }
        let uses = state.uses.entry(call).or_default();
        *uses += 1;
        let uses = *uses;
        let (planned, nth, action) = state.plan.as_ref()?;
        (planned == call && *nth == uses).then(|| action.clone())
    }
}

fn act(call: &'static str) -> Option<Errno> {
    let injector = INJECTOR.try_with(|injector| injector.borrow().clone()).ok().flatten()?;
    match injector.count(call)? {
        Action::Fail(error) => Some(error),
        Action::Stop(announce) => {
            announce();
            loop {
                thread::park();
            }
        }
        Action::Precede(event) => {
            event();
            None
        }
    }
}

pub(super) fn enter(call: &'static str) -> Result<(), Errno> {
    act(call).map_or(Ok(()), Err)
}
