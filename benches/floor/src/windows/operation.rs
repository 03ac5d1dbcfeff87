//! Overlapped reads and writes.
#![allow(unsafe_code, reason = "calls of Windows, and memory that the kernel writes")]

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use windows_sys::Win32::Foundation::{ERROR_IO_PENDING, STATUS_PENDING};
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::core::BOOL;

use super::Event;
use crate::Waiting;

/// One operation at a time on a pipe, and the memory that the kernel works with meanwhile.
///
/// While an operation is in progress the kernel writes to slot and buffer. Until it is complete they are neither given out
/// nor freed; dropping cancels it first and waits for that.
pub(crate) struct Operation {
    pipe: Arc<OwnedHandle>,
    /// Signalled when the operation is complete.
    event: Event,
    slot: NonNull<OVERLAPPED>,
    /// Of `capacity` bytes, all initialised.
    buffer: NonNull<u8>,
    capacity: usize,
    in_progress: bool,
}

// SAFETY: it owns its memory alone, but for the kernel, which does not care for threads.
unsafe impl Send for Operation {}

impl Operation {
    /// With room for so many bytes.
    pub(crate) fn new(pipe: Arc<OwnedHandle>, capacity: usize) -> io::Result<Self> {
        let event = Event::lasting()?;
        let slot = NonNull::from(Box::leak(Box::<OVERLAPPED>::default()));
        let buffer = NonNull::from(Box::leak(vec![0u8; capacity].into_boxed_slice())).cast();
        Ok(Self { pipe, event, slot, buffer, capacity, in_progress: false })
    }

    /// Begins to read a message, unless that is in progress already: its length, or `None` if it takes time.
    #[inline]
    pub(crate) fn read(&mut self) -> io::Result<Option<usize>> {
        if self.in_progress {
            return self.result();
        }
        let room = u32::try_from(self.capacity).unwrap_or(u32::MAX);
        // SAFETY: the buffer has so many bytes. It and the slot are kept until the operation is complete, as `begin` asks.
        self.begin(|pipe, slot, buffer| unsafe {
            ReadFile(pipe.as_raw_handle(), buffer, room, ptr::null_mut(), slot)
        })
    }

    /// Writes the first so many bytes as a message, and waits until they are written.
    #[inline]
    pub(crate) fn write(&mut self, len: usize) -> io::Result<()> {
        let len = u32::try_from(len.min(self.capacity)).unwrap_or(u32::MAX);
        // SAFETY: the buffer has so many bytes. It and the slot are kept until the operation is complete, as `begin` asks.
        let begun = self.begin(|pipe, slot, buffer| unsafe {
            WriteFile(pipe.as_raw_handle(), buffer, len, ptr::null_mut(), slot)
        })?;
        match begun {
            Some(_) => Ok(()),
            None => self.wait(Waiting::Blocking).map(drop),
        }
    }

    /// Begins an operation by `call`, which gets the pipe, the slot and the buffer; there is none in progress.
    ///
    /// Whatever the call gives to the kernel lives until the operation is complete: slot and buffer are on the heap, do not
    /// move with `self`, and are neither given out nor freed while `in_progress` is set.
    #[inline]
    fn begin(
        &mut self,
        call: impl FnOnce(&OwnedHandle, *mut OVERLAPPED, *mut u8) -> BOOL,
    ) -> io::Result<Option<usize>> {
        assert!(!self.in_progress, "one at a time");
        let slot = OVERLAPPED {
            Internal: STATUS_PENDING as usize,
            hEvent: self.event.handle(),
            ..OVERLAPPED::default()
        };
        // SAFETY: the slot is allocated, and no operation is in progress that uses it.
        unsafe { self.slot.write(slot) };
        if call(&self.pipe, self.slot.as_ptr(), self.buffer.as_ptr()) != 0 {
            return self.outcome().map(Some);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(ERROR_IO_PENDING.cast_signed()) {
            return Err(error);
        }
        self.in_progress = true;
        Ok(None)
    }

    /// What has come of the operation that is in progress; `None` if it is not complete.
    #[inline]
    fn result(&mut self) -> io::Result<Option<usize>> {
        if !self.is_complete() {
            return Ok(None);
        }
        self.in_progress = false;
        self.outcome().map(Some)
    }

    /// Waits until the operation that is in progress is complete, and gives how many bytes it has moved.
    #[inline]
    pub(crate) fn wait(&mut self, waiting: Waiting) -> io::Result<usize> {
        loop {
            match (self.result()?, waiting) {
                (Some(bytes), _) => return Ok(bytes),
                (None, Waiting::Spinning) => std::hint::spin_loop(),
                (None, Waiting::Blocking) => self.await_signal(),
            }
        }
    }

    /// Waits for the event. The kernel notes that an operation is complete before it signals that, so that the signal may
    /// be one of the operation before: it is then taken back, and the next look comes after that.
    fn await_signal(&self) {
        self.event.wait();
        if !self.is_complete() {
            self.event.reset();
        }
    }

    /// Whether the kernel is done with it. No system call.
    #[inline]
    fn is_complete(&self) -> bool {
        // SAFETY: the field is an aligned word of the slot, which lives as long as `self`. While an operation is in progress
        // only the kernel writes it, otherwise only `begin`, which has `self` alone.
        let status = unsafe { AtomicUsize::from_ptr(&raw mut (*self.slot.as_ptr()).Internal) };
        // Acquire: what the kernel has written before is seen.
        status.load(Ordering::Acquire) != STATUS_PENDING as usize
    }

    /// What the kernel has noted of an operation that is complete. No system call.
    #[inline]
    fn outcome(&self) -> io::Result<usize> {
        let mut bytes = 0;
        // SAFETY: the slot is allocated, and the operation complete: the call waits for nothing, so that it uses no handle,
        // and only reads. `bytes` is a variable of its own.
        if unsafe { GetOverlappedResult(ptr::null_mut(), self.slot.as_ptr(), &raw mut bytes, 0) } == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(bytes as usize)
    }

    /// The memory. There is none to be seen while an operation is in progress.
    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        let capacity = if self.in_progress { 0 } else { self.capacity };
        // SAFETY: the bytes are this one's, allocated and initialised by `new`. Where there are any, no operation is in
        // progress, so that the kernel does not write, and none begins while `self` is borrowed.
        unsafe { slice::from_raw_parts_mut(self.buffer.as_ptr(), capacity) }
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("in_progress", &self.in_progress).finish_non_exhaustive()
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.in_progress {
            // SAFETY: the handle is open, and the slot is that of an operation which was begun with it. The call fails where
            // that is complete.
            unsafe { CancelIoEx(self.pipe.as_raw_handle(), self.slot.as_ptr()) };
            // Whatever has come of it.
            let _ = self.wait(Waiting::Blocking);
        }
        let bytes = ptr::slice_from_raw_parts_mut(self.buffer.as_ptr(), self.capacity);
        // SAFETY: `new` has leaked boxes with these bytes and with the slot, and nobody else frees them. No operation is in
        // progress any more.
        unsafe {
            drop(Box::from_raw(bytes));
            drop(Box::from_raw(self.slot.as_ptr()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{create_pipe, new_name, open_pipe};
    use super::*;

    /// The two ends of a pipe.
    fn ends() -> [Operation; 2] {
        let name = new_name();
        let created = create_pipe(&name, 4096).expect("it is new");
        let opened = open_pipe(&name).expect("it is there");
        [created, opened].map(|pipe| Operation::new(Arc::new(pipe), 16).expect("an event"))
    }

    #[test]
    fn a_signal_of_the_operation_before_does_not_end_a_wait() {
        let [mut reader, mut writer] = ends();
        assert!(reader.read().expect("it is connected").is_none());
        reader.event.set();
        reader.await_signal();
        assert!(reader.read().expect("it is connected").is_none());
        writer.write(7).expect("it is connected");
        assert_eq!(reader.wait(Waiting::Blocking).expect("a message came"), 7);
    }

    #[test]
    fn no_memory_is_to_be_seen_while_the_kernel_may_write_it() {
        let [mut reader, mut writer] = ends();
        assert_eq!(reader.buffer().len(), 16);
        assert!(reader.read().expect("it is connected").is_none());
        assert!(reader.buffer().is_empty());
        writer.buffer().fill(9);
        writer.write(3).expect("it is connected");
        assert_eq!(reader.wait(Waiting::Spinning).expect("a message came"), 3);
        assert_eq!(reader.buffer()[..4], [9, 9, 9, 0]);
    }

    #[test]
    fn one_that_is_dropped_takes_no_message_with_it() {
        let [mut dropped, mut writer] = ends();
        let mut reader = Operation::new(Arc::clone(&dropped.pipe), 16).expect("an event");
        assert!(dropped.read().expect("it is connected").is_none());
        drop(dropped);
        writer.write(5).expect("it is connected");
        assert_eq!(reader.read().expect("it is connected"), Some(5));
    }
}
