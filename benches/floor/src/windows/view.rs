//! Mappings of sections, which is what Windows calls shared memory.
#![allow(unsafe_code, reason = "mapping memory")]

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr::{self, NonNull};

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_READ, FILE_MAP_WRITE, MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile,
    OpenFileMappingW, PAGE_READWRITE, UnmapViewOfFile,
};

use super::{created, local, opened};

/// For both sides to read and to write.
const ACCESS: u32 = FILE_MAP_READ | FILE_MAP_WRITE;

/// The first bytes of a section of the page file, mapped for reading and writing.
///
/// Invariant: so many bytes from the base, which is aligned to a page, are mapped as long as this lives.
#[derive(Debug)]
pub(crate) struct View {
    base: NonNull<u8>,
    len: usize,
    /// Its name is known for as long as somebody has such a handle.
    _section: OwnedHandle,
}

impl View {
    /// `CreateFileMappingW` and `MapViewOfFile`: a new section of this name and length, which is zero.
    pub(crate) fn create(name: &str, len: usize) -> io::Result<Self> {
        let name = local(name);
        let low = u32::try_from(len).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: there is no file, and no attributes are a null pointer. The name is UTF-16 with a NUL at its end and
        // outlives the call, which makes a handle of its own.
        let section = unsafe {
            created(|| {
                CreateFileMappingW(INVALID_HANDLE_VALUE, ptr::null(), PAGE_READWRITE, 0, low, name.as_ptr())
            })
        }?;
        Self::map(section, len)
    }

    /// `OpenFileMappingW` and `MapViewOfFile`: the section that another process has made so.
    pub(crate) fn open(name: &str, len: usize) -> io::Result<Self> {
        let name = local(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call, which makes a handle of its own.
        let section = unsafe { opened(OpenFileMappingW(ACCESS, 0, name.as_ptr())) }?;
        Self::map(section, len)
    }

    fn map(section: OwnedHandle, len: usize) -> io::Result<Self> {
        // SAFETY: the handle is open and a section's. The view is put where there is room for it, so that no memory that is
        // in use is replaced; the call fails where the section is shorter.
        let view = unsafe { MapViewOfFile(section.as_raw_handle(), ACCESS, 0, 0, len) };
        let base = NonNull::new(view.Value.cast()).ok_or_else(io::Error::last_os_error)?;
        Ok(Self { base, len, _section: section })
    }

    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let view = MEMORY_MAPPED_VIEW_ADDRESS { Value: self.base.as_ptr().cast() };
        // SAFETY: it was mapped there by `map`, and whoever refers to it has `self` borrowed.
        unsafe { UnmapViewOfFile(view) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::new_name;
    use super::*;

    #[test]
    fn a_name_that_is_taken_or_that_nobody_has_is_an_error() {
        let name = new_name();
        let taken = View::create(&name, 4096).expect("it is new");
        assert!(View::create(&name, 4096).is_err());
        assert!(View::open(&name, 4096).is_ok());
        drop(taken);
        assert!(View::open(&name, 4096).is_err());
    }

    #[test]
    fn one_that_is_too_short_is_an_error() {
        let name = new_name();
        let _short = View::create(&name, 4096).expect("it is new");
        assert!(View::open(&name, 8192).is_err());
    }
}
