//! A section that both processes have mapped, and an event for each direction.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::thread;

use super::{Direction, LEN, at};
use crate::mapping::{Mapping, View};
use crate::windows::{Event, new_name};

/// What a process has of a region.
#[derive(Debug)]
pub(super) struct Shared {
    mapping: Mapping,
    request: Event,
    response: Event,
}

impl Shared {
    pub(super) fn create() -> io::Result<(Self, String)> {
        let name = new_name();
        Ok((Self::by(&name, View::create, Event::create)?, name))
    }

    pub(super) fn attach(name: &str) -> io::Result<Self> {
        Self::by(name, View::open, Event::open)
    }

    fn by(
        name: &str,
        view: impl Fn(&str, usize) -> io::Result<View>,
        event: impl Fn(&str) -> io::Result<Event>,
    ) -> io::Result<Self> {
        Ok(Self {
            mapping: Mapping::new(view(name, LEN)?),
            request: event(&format!("{name}-request"))?,
            response: event(&format!("{name}-response"))?,
        })
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Whether somebody waits, and what for.
    fn waiter(&self, direction: Direction) -> (&AtomicU32, &Event) {
        let event = match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
        };
        (&self.mapping.control()[at::WAITING[direction as usize]], event)
    }

    /// Wakes whoever waits. After the fence: either this sees that the other side waits, or that one sees what was published.
    #[inline]
    pub(super) fn wake(&self, direction: Direction) {
        let (is_waiting, event) = self.waiter(direction);
        fence(Ordering::SeqCst);
        if is_waiting.load(Ordering::Relaxed) != 0 {
            event.set();
        }
    }

    /// Waits until the sequence is no longer the one that was seen. It may return earlier.
    #[inline]
    pub(super) fn wait(&self, direction: Direction, seen: u32) {
        let (is_waiting, event) = self.waiter(direction);
        is_waiting.store(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.sequence(direction).load(Ordering::Relaxed) == seen {
            event.wait();
        }
        is_waiting.store(0, Ordering::Relaxed);
    }
}

/// After so many looks, before the next one. Every now and then it lets others run, as the contract demands of SHM_BUSYWAIT:
/// on one CPU nothing would come while this side looks.
#[inline]
pub(super) fn pause(looks: u32) {
    if looks.is_multiple_of(1024) {
        thread::yield_now();
    } else {
        std::hint::spin_loop();
    }
}
