//! Events with a name, which processes share.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::time::Duration;

use windows_sys::Win32::Foundation::{WAIT_FAILED, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    CreateEventW, EVENT_MODIFY_STATE, OpenEventW, SYNCHRONIZATION_SYNCHRONIZE, SetEvent,
    WaitForMultipleObjects,
};

use super::event::millis;
use super::named::{created, opened};
use super::{Event, SecurityDescriptor, last_error, wide};

/// An event that one wait takes: it stays signalled until somebody has waited for it.
#[derive(Debug)]
pub(crate) struct Bell(OwnedHandle);

impl Bell {
    /// `CreateEventW`: a new one, which is not signalled. `None` where there is one of this name already.
    pub(crate) fn create(name: &str, security: &SecurityDescriptor) -> io::Result<Option<Self>> {
        let (name, attributes) = (wide(name), security.attributes());
        // SAFETY: the name is UTF-16 with a NUL at its end. Name, attributes and the descriptor that these point to outlive
        // the call, which keeps none of them and makes a handle of its own.
        let handle = unsafe { created(|| CreateEventW(attributes.as_ptr(), 0, 0, name.as_ptr())) }?;
        Ok(handle.map(Self))
    }

    /// `OpenEventW`: one that somebody else has made.
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        let access = EVENT_MODIFY_STATE | SYNCHRONIZATION_SYNCHRONIZE;
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call, which makes a handle of its own.
        unsafe { opened(OpenEventW(access, 0, name.as_ptr())) }.map(Self)
    }

    /// `SetEvent`: wakes one who waits, or the next one to wait.
    #[inline]
    pub(crate) fn ring(&self) {
        // SAFETY: the handle is open for as long as `self` lives. The call fails only for one that is no event.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// `WaitForMultipleObjects`: until it is rung, the other event is signalled, or so much time has passed (`None`: for
    /// ever). Tells whether it was rung.
    pub(crate) fn wait_with(&self, other: &Event, timeout: Option<Duration>) -> io::Result<bool> {
        // Of two that are signalled the first counts: a peer that rings all the time hides nothing.
        let handles = [other.as_handle().as_raw_handle(), self.0.as_raw_handle()];
        // SAFETY: both handles are open for as long as their owners live, and may be waited for. The array outlives the call.
        let waited = unsafe { WaitForMultipleObjects(2, handles.as_ptr(), 0, millis(timeout)) };
        if waited == WAIT_FAILED { Err(last_error()) } else { Ok(waited == WAIT_OBJECT_0 + 1) }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const SHORT: Duration = Duration::from_millis(5);

    fn name(test: &str) -> String {
        format!(r"Local\netipc-test-{}-{test}", std::process::id())
    }

    fn create(name: &str) -> Option<Bell> {
        Bell::create(name, &SecurityDescriptor::new().unwrap()).unwrap()
    }

    fn silent() -> Event {
        let event = Event::signalled().unwrap();
        event.reset();
        event
    }

    #[test]
    fn whoever_opens_it_rings_for_whoever_waits() {
        let name = name("rings");
        let bell = create(&name).unwrap();
        let opened = Bell::open(&name).unwrap();
        let waiting = thread::spawn(move || bell.wait_with(&silent(), None));
        opened.ring();
        assert!(waiting.join().unwrap().unwrap());
    }

    #[test]
    fn one_wait_takes_a_ring_and_the_other_event_stays() {
        let (bell, other) = (create(&name("once")).unwrap(), silent());
        bell.ring();
        assert!(bell.wait_with(&other, None).unwrap());
        let start = std::time::Instant::now();
        assert!(!bell.wait_with(&other, Some(SHORT)).unwrap(), "it was rung once");
        assert!(start.elapsed() >= SHORT);
        other.set();
        bell.ring();
        assert!(!bell.wait_with(&other, None).unwrap());
        assert!(!bell.wait_with(&other, None).unwrap());
        other.reset();
        assert!(bell.wait_with(&other, None).unwrap(), "nobody has taken the ring");
    }

    #[test]
    fn a_name_that_is_taken_is_told_apart() {
        let name = name("bell-taken");
        let one = create(&name).unwrap();
        assert!(create(&name).is_none());
        drop(one);
        assert!(create(&name).is_some());
        assert!(Bell::open(&name).is_err(), "nobody has it any more");
    }
}
