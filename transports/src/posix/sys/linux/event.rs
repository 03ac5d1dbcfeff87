//! Waiting for descriptors.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec};
use rustix::io::Result;

use crate::posix::sys::enter;

/// `epoll_create1(2)`: closed by exec.
#[inline]
pub(crate) fn epoll_create() -> Result<OwnedFd> {
    enter("epoll_create")?;
    epoll::create(CreateFlags::CLOEXEC)
}

/// `epoll_ctl(2)` with `EPOLL_CTL_ADD`.
#[inline]
pub(crate) fn epoll_add(epoll: impl AsFd, source: impl AsFd, data: u64, flags: EventFlags) -> Result<()> {
    enter("epoll_ctl")?;
    epoll::add(epoll, source, EventData::new_u64(data), flags)
}

/// `epoll_ctl(2)` with `EPOLL_CTL_MOD`.
#[inline]
pub(crate) fn epoll_modify(epoll: impl AsFd, source: impl AsFd, data: u64, flags: EventFlags) -> Result<()> {
    enter("epoll_ctl")?;
    epoll::modify(epoll, source, EventData::new_u64(data), flags)
}

/// `epoll_ctl(2)` with `EPOLL_CTL_DEL`.
#[inline]
pub(crate) fn epoll_delete(epoll: impl AsFd, source: impl AsFd) -> Result<()> {
    enter("epoll_ctl")?;
    epoll::delete(epoll, source)
}

/// `epoll_wait(2)`: the events that came.
#[inline]
pub(crate) fn epoll_wait<'a>(
    epoll: impl AsFd,
    room: &'a mut [MaybeUninit<Event>],
    timeout: Option<&Timespec>,
) -> Result<&'a mut [Event]> {
    enter("epoll_wait")?;
    epoll::wait(epoll, room, timeout).map(|(events, _)| events)
}

/// `eventfd(2)`: closed by exec, never waits.
#[inline]
pub(crate) fn eventfd() -> Result<OwnedFd> {
    enter("eventfd")?;
    rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
}

/// `read(2)`.
#[inline]
pub(crate) fn read(file: impl AsFd, room: &mut [u8]) -> Result<usize> {
    enter("read")?;
    rustix::io::read(file, room)
}

/// `write(2)`.
#[inline]
pub(crate) fn write(file: impl AsFd, bytes: &[u8]) -> Result<usize> {
    enter("write")?;
    rustix::io::write(file, bytes)
}
