//! Memory that two processes have mapped, as atomics.
#![allow(unsafe_code, reason = "references into a mapping")]

#[cfg(target_os = "linux")]
mod linux;

use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64};

#[cfg(target_os = "linux")]
pub(crate) use self::linux::View;
#[cfg(windows)]
pub(crate) use crate::windows::View;

/// Bytes of the first page, which has the control words.
const CONTROL_LEN: usize = 4096;

/// A mapping of [`CONTROL_LEN`] bytes of control words and, behind them, data.
#[derive(Debug)]
pub(crate) struct Mapping(View);

// SAFETY: the mapping belongs to the process and not to a thread, and is only ever accessed through atomics.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Bytes of one that has so many bytes of data, which have to be whole pages.
    pub(crate) const fn len_with(data: usize) -> usize {
        assert!(data > 0 && data.is_multiple_of(CONTROL_LEN));
        CONTROL_LEN + data
    }

    /// Of what is mapped, whose length is that of [`Mapping::len_with`].
    pub(crate) fn new(view: View) -> Self {
        assert!(view.len() > CONTROL_LEN, "there is data");
        Self(view)
    }

    /// The control words.
    pub(crate) fn control(&self) -> &[AtomicU32] {
        // SAFETY: `new` has checked that the view has these bytes; they live as long as `self`. The base is aligned to a
        // page. Every value is valid, and in this process they are accessed through these atomics alone; what the other
        // process does to them are atomic accesses of the same size.
        unsafe { slice::from_raw_parts(self.0.base().as_ptr().cast(), CONTROL_LEN / size_of::<AtomicU32>()) }
    }

    /// The data.
    pub(crate) fn data(&self) -> &[AtomicU64] {
        let len = (self.0.len() - CONTROL_LEN) / size_of::<AtomicU64>();
        // SAFETY: these bytes lie behind those of `control` and end within the view; for the rest as in `control`.
        unsafe { slice::from_raw_parts(self.0.base().as_ptr().add(CONTROL_LEN).cast(), len) }
    }
}
