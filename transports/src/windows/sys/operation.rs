//! Overlapped operations: begun now, completed by the kernel whenever it likes.
#![allow(unsafe_code, reason = "calls of Windows, and memory that the kernel writes")]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_IO_PENDING, ERROR_MORE_DATA, ERROR_NO_DATA, ERROR_PIPE_CONNECTED, STATUS_PENDING,
};
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::ConnectNamedPipe;
use windows_sys::core::BOOL;

use super::{ClosableHandle, Event, code, last_error};

/// What an operation has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transferred {
    pub(crate) bytes: usize,
    /// A message was longer than the room for it; the rest is still there.
    pub(crate) truncated: bool,
}

/// One operation at a time on a pipe, and the memory that the kernel works with meanwhile.
///
/// While an operation is in progress the kernel writes to that memory, whatever becomes of whoever began it. So it is
/// neither given out nor freed until the operation is complete; dropping cancels it first and waits for that.
///
/// The event is signalled while no operation is in progress. It may be shared with other operations and be signalled for
/// other reasons too: it says that it is time for a look. Beginning any of them resets it, so that all others have to be
/// looked at after that and before a wait.
pub(crate) struct Operation {
    pipe: Arc<ClosableHandle>,
    event: Arc<Event>,
    slot: NonNull<OVERLAPPED>,
    /// Of `capacity` bytes, all initialised.
    buffer: NonNull<u8>,
    capacity: usize,
    in_progress: bool,
}

// SAFETY: it owns its memory alone, but for the kernel, which does not care for threads. An operation whose thread ends
// before it is completed by the kernel as cancelled, and begun again by whoever finds it so.
unsafe impl Send for Operation {}
// SAFETY: a shared reference only reads: fields, one word that the kernel writes through an atomic, and the buffer while
// no operation is in progress, which only an exclusive reference begins.
unsafe impl Sync for Operation {}

impl Operation {
    /// With room for so many bytes. The event has to be signalled.
    pub(crate) fn new(pipe: Arc<ClosableHandle>, event: Arc<Event>, capacity: usize) -> Self {
        let slot = NonNull::from(Box::leak(Box::<OVERLAPPED>::default()));
        let mut operation =
            Self { pipe, event, slot, buffer: NonNull::dangling(), capacity: 0, in_progress: false };
        operation.reserve(capacity);
        operation
    }

    pub(crate) fn is_in_progress(&self) -> bool {
        self.in_progress
    }

    /// Whether an operation is in progress that the kernel is done with. No system call.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        // Acquire: what the kernel has written before is seen.
        self.in_progress && self.status().load(Ordering::Acquire) != STATUS_PENDING as usize
    }

    /// The memory; what it holds means something after an operation. `None` while one is in progress.
    #[inline]
    pub(crate) fn buffer(&self) -> Option<&[u8]> {
        if self.in_progress {
            return None;
        }
        // SAFETY: the bytes are this one's, allocated and initialised by `reserve`. No operation is in progress, so that the
        // kernel does not write, and none begins while `self` is borrowed.
        Some(unsafe { slice::from_raw_parts(self.buffer.as_ptr(), self.capacity) })
    }

    /// Makes room for so many bytes, where it has not as much; what was there is lost. Does nothing while an operation is
    /// in progress.
    pub(crate) fn reserve(&mut self, capacity: usize) {
        if self.in_progress || capacity <= self.capacity {
            return;
        }
        let fresh = Box::leak(vec![0; capacity].into_boxed_slice());
        let fresh = NonNull::from(fresh).cast();
        self.free_buffer();
        (self.buffer, self.capacity) = (fresh, capacity);
    }

    fn free_buffer(&mut self) {
        if self.capacity > 0 {
            let bytes = ptr::slice_from_raw_parts_mut(self.buffer.as_ptr(), self.capacity);
            // SAFETY: `reserve` has leaked a box with these bytes, and nobody else frees it: the caller puts another buffer
            // in its place or is dropped. No operation is in progress, so that the kernel does not use it.
            drop(unsafe { Box::from_raw(bytes) });
        }
        (self.buffer, self.capacity) = (NonNull::dangling(), 0);
    }

    /// Begins to read one message of at most so many bytes; `None` if it takes time. What it gives is in the
    /// [buffer](Operation::buffer).
    #[inline]
    pub(crate) fn read(&mut self, room: usize) -> io::Result<Option<Transferred>> {
        self.reserve(room);
        let room = u32::try_from(room.min(self.capacity)).unwrap_or(u32::MAX);
        // SAFETY: the buffer has so many bytes. It and the slot are kept until the operation is complete, as `begin` asks.
        self.begin(|pipe, slot, buffer| unsafe {
            ReadFile(pipe.as_raw_handle(), buffer, room, ptr::null_mut(), slot)
        })
    }

    /// Begins to write these parts as one message; `None` if that takes time.
    #[inline]
    pub(crate) fn write(&mut self, head: &[u8], body: &[u8]) -> io::Result<Option<Transferred>> {
        let len = head.len() + body.len();
        self.reserve(len);
        if self.in_progress {
            return Ok(None);
        }
        // SAFETY: the buffer has so many initialised bytes, which are this one's alone, as in `buffer`.
        let buffer = unsafe { slice::from_raw_parts_mut(self.buffer.as_ptr(), self.capacity) };
        buffer[..head.len()].copy_from_slice(head);
        buffer[head.len()..len].copy_from_slice(body);
        let len = u32::try_from(len).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: the buffer has so many bytes. It and the slot are kept until the operation is complete, as `begin` asks.
        self.begin(|pipe, slot, buffer| unsafe {
            WriteFile(pipe.as_raw_handle(), buffer, len, ptr::null_mut(), slot)
        })
    }

    /// Begins to wait for a client; `None` if it takes time. One that has connected already needs no wait.
    pub(crate) fn connect(&mut self) -> io::Result<Option<Transferred>> {
        // SAFETY: the slot is kept until the operation is complete, as `begin` asks.
        let begun = self.begin(|pipe, slot, _| unsafe { ConnectNamedPipe(pipe.as_raw_handle(), slot) });
        match begun {
            Err(error) if code(&error) == ERROR_PIPE_CONNECTED => {
                Ok(Some(Transferred { bytes: 0, truncated: false }))
            }
            begun => begun,
        }
    }

    /// Begins an operation by `call`, which gets the pipe, the slot and the buffer; one that is in progress goes on instead.
    ///
    /// Whatever the call gives to the kernel lives until the operation is complete: slot and buffer are on the heap, do not
    /// move with `self`, and are neither given out, replaced nor freed while `in_progress` is set.
    #[inline]
    fn begin(
        &mut self,
        call: impl FnOnce(BorrowedHandle<'_>, *mut OVERLAPPED, *mut u8) -> BOOL,
    ) -> io::Result<Option<Transferred>> {
        if self.in_progress {
            return Ok(None);
        }
        let Some(pipe) = self.pipe.enter() else { return Err(closed()) };
        let slot = OVERLAPPED {
            Internal: STATUS_PENDING as usize,
            hEvent: self.event.as_handle().as_raw_handle(),
            ..OVERLAPPED::default()
        };
        // SAFETY: the slot is allocated, and no operation is in progress that uses it.
        unsafe { self.slot.write(slot) };
        if call(pipe.handle(), self.slot.as_ptr(), self.buffer.as_ptr()) != 0 {
            return self.outcome().map(Some);
        }
        let error = last_error();
        match code(&error) {
            ERROR_IO_PENDING => {
                self.in_progress = true;
                Ok(None)
            }
            // It is complete, and there is more.
            ERROR_MORE_DATA => self.outcome().map(Some),
            _ => {
                // The call may have reset it before it failed.
                self.event.set();
                Err(error)
            }
        }
    }

    /// What has become of the operation, once it is complete; `None` if it is not, or if there is none.
    #[inline]
    pub(crate) fn finish(&mut self) -> Option<io::Result<Transferred>> {
        if !self.is_complete() {
            return None;
        }
        self.in_progress = false;
        Some(self.outcome())
    }

    /// What the kernel has noted of an operation that is complete.
    #[inline]
    fn outcome(&self) -> io::Result<Transferred> {
        let mut bytes = 0;
        // SAFETY: the slot is allocated, and `bytes` a variable of its own. The call is told not to wait, which is what it
        // has the pipe's handle for: that may be closed by now, and null stands for none. If a call refused that, it would
        // fail, which is told like any failure.
        let ok = unsafe { GetOverlappedResult(ptr::null_mut(), self.slot.as_ptr(), &raw mut bytes, 0) };
        let truncated = ok == 0;
        if truncated {
            let error = last_error();
            if code(&error) != ERROR_MORE_DATA {
                return Err(error);
            }
        }
        Ok(Transferred { bytes: bytes as usize, truncated })
    }

    /// Waits until the operation is complete, for so long at most, or until the event is signalled for another reason. Before
    /// the next wait all of these have to be looked at, as after [`Operation::settle`].
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        if self.event.wait(timeout)? {
            self.settle();
        }
        Ok(())
    }

    /// Takes back what the event says while the operation is in progress. The kernel notes that an operation is complete
    /// before it signals the event. So the signal may come when the next operation has begun, and would stay until that is
    /// complete: waits would end at once, again and again.
    ///
    /// Whatever else signals the event, and whether the operation is complete, has to be looked at afterwards.
    pub(crate) fn settle(&self) {
        if self.in_progress && !self.is_complete() {
            self.event.reset();
        }
    }

    /// Signalled while no operation is in progress.
    pub(crate) fn event(&self) -> &Arc<Event> {
        &self.event
    }

    /// Ends an operation that is in progress, and tells what has become of it: it may have come about all the same.
    pub(crate) fn cancel(&mut self) -> Option<io::Result<Transferred>> {
        if !self.in_progress {
            return None;
        }
        // A pipe that is closed has no operations, or has them no longer in a moment.
        if let Some(pipe) = self.pipe.enter() {
            // SAFETY: the handle is open, and the slot is that of an operation which was begun with it. The call fails where
            // that is complete.
            unsafe { CancelIoEx(pipe.handle().as_raw_handle(), self.slot.as_ptr()) };
        }
        self.await_completion();
        self.finish()
    }

    /// Returns when the kernel is done with the operation.
    fn await_completion(&self) {
        loop {
            // The event may have been signalled for something else. What is completed before the reset is seen after it,
            // and what is completed later signals again.
            self.event.reset();
            if self.is_complete() {
                break;
            }
            // Waiting for an event that exists does not fail. If it did, there would be nothing but to look again.
            let _ = self.event.wait(None);
        }
        self.event.set();
    }

    /// The word that the kernel writes when it is done.
    #[inline]
    fn status(&self) -> &AtomicUsize {
        // SAFETY: the field is an aligned word of the slot, which lives as long as `self`. While an operation is in progress
        // only the kernel writes it, otherwise only `begin`, which has `self` alone.
        unsafe { AtomicUsize::from_ptr(&raw mut (*self.slot.as_ptr()).Internal) }
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation")
            .field("capacity", &self.capacity)
            .field("in_progress", &self.in_progress)
            .finish_non_exhaustive()
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        let _ = self.cancel();
        self.free_buffer();
        // SAFETY: `new` has leaked a box with the slot, and nobody else frees it. No operation is in progress any more.
        drop(unsafe { Box::from_raw(self.slot.as_ptr()) });
    }
}

/// What a pipe that this side has closed says.
fn closed() -> io::Error {
    io::Error::from_raw_os_error(ERROR_NO_DATA.cast_signed())
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Foundation::ERROR_OPERATION_ABORTED;

    use super::super::{NewInstance, SecurityDescriptor, open_pipe};
    use super::*;

    /// The two ends of a pipe.
    fn ends(test: &str) -> [Operation; 2] {
        let name = format!(r"\\.\pipe\netipc-test-{}-{test}", std::process::id());
        let instance =
            NewInstance::first(&name, 4_096, &SecurityDescriptor::new().unwrap()).create().unwrap();
        let opened = open_pipe(&name).unwrap();
        [instance, opened].map(|handle| {
            let event = Arc::new(Event::signalled().unwrap());
            Operation::new(Arc::new(ClosableHandle::new(handle)), event, 16)
        })
    }

    fn is_signalled(operation: &Operation) -> bool {
        operation.event().wait(Some(Duration::ZERO)).unwrap()
    }

    #[test]
    fn a_signal_that_comes_after_the_next_operation_has_begun_ends_one_wait() {
        let [mut reader, mut writer] = ends("late-signal");
        assert!(reader.read(16).unwrap().is_none());
        reader.event().set();
        reader.wait(None).unwrap();
        assert!(reader.finish().is_none());
        assert!(!is_signalled(&reader));
        writer.write(b"head", b"body").unwrap();
        while !reader.is_complete() {
            reader.wait(None).unwrap();
        }
        assert_eq!(reader.finish().unwrap().unwrap(), Transferred { bytes: 8, truncated: false });
    }

    #[test]
    fn an_operation_that_is_complete_stays_signalled() {
        let [mut reader, mut writer] = ends("complete");
        assert!(reader.read(16).unwrap().is_none());
        writer.write(b"head", b"").unwrap();
        while !reader.is_complete() {
            reader.wait(None).unwrap();
        }
        reader.event().wait(None).unwrap();
        reader.settle();
        assert!(is_signalled(&reader));
        reader.finish().unwrap().unwrap();
        reader.settle();
        assert!(is_signalled(&reader));
    }

    #[test]
    fn memory_is_neither_given_out_nor_replaced_while_an_operation_is_in_progress() {
        let [mut reader, mut writer] = ends("memory");
        assert!(reader.read(16).unwrap().is_none());
        let memory = reader.buffer;
        reader.reserve(4_096);
        assert!(reader.read(4_096).unwrap().is_none() && reader.write(b"other", b"").unwrap().is_none());
        assert!(reader.buffer().is_none());
        assert_eq!((reader.buffer, reader.capacity), (memory, 16));
        // It is the read that goes on.
        writer.write(b"head", b"").unwrap();
        while !reader.is_complete() {
            reader.wait(None).unwrap();
        }
        reader.finish().unwrap().unwrap();
        assert_eq!(reader.buffer().unwrap()[..4], *b"head");
    }

    #[test]
    fn an_operation_that_was_cancelled_touches_its_memory_no_more() {
        let [mut reader, mut writer] = ends("cancelled");
        assert!(reader.read(16).unwrap().is_none());
        let cancelled = reader.cancel().unwrap().unwrap_err();
        assert_eq!(code(&cancelled), ERROR_OPERATION_ABORTED);
        assert!(reader.cancel().is_none());
        writer.write(b"head", b"").unwrap();
        assert_eq!(reader.buffer().unwrap(), [0; 16]);
        // The message is the next read's.
        assert_eq!(reader.read(16).unwrap().unwrap().bytes, 4);
        assert_eq!(reader.buffer().unwrap()[..4], *b"head");
    }

    #[test]
    fn an_operation_that_is_dropped_has_been_taken_back() {
        let [mut reader, mut writer] = ends("dropped");
        let (pipe, event) = (Arc::clone(&reader.pipe), Arc::new(Event::signalled().unwrap()));
        assert!(reader.read(16).unwrap().is_none());
        drop(reader);
        writer.write(b"head", b"").unwrap();
        let mut other = Operation::new(pipe, event, 16);
        assert_eq!(other.read(16).unwrap().unwrap().bytes, 4);
    }
}
