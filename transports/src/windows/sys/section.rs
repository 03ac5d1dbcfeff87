//! Mappings of shared memory, which Windows calls sections.
#![allow(unsafe_code, reason = "calls of Windows, and memory that another process writes")]

use std::io;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr::NonNull;

use windows_sys::Win32::Foundation::{ERROR_FILE_INVALID, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_READ, FILE_MAP_WRITE, MEM_COMMIT, MEMORY_BASIC_INFORMATION,
    MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile, OpenFileMappingW, PAGE_READWRITE, UnmapViewOfFile,
    VirtualQuery,
};
use windows_sys::Win32::System::ProcessStatus::K32GetMappedFileNameW;

use super::named::{created, opened};
use super::process::current_process;
use super::{SecurityDescriptor, code, last_error, wide};
use crate::shm::SharedBytes;

/// For both sides to read and to write.
const ACCESS: u32 = FILE_MAP_READ | FILE_MAP_WRITE;

/// UTF-16 units of a file's name at most, and the NUL at its end.
const LONGEST_NAME: usize = 32_768;

/// A section with a name, mapped whole, in memory that begins with a header of `HEADER` bytes. Windows forgets it, name and
/// all, when nobody has it any more.
///
/// Invariant: the bytes are those of the view.
#[derive(Debug)]
pub(crate) struct Section<const HEADER: usize> {
    bytes: SharedBytes<HEADER>,
    _view: View,
    handle: OwnedHandle,
}

impl<const HEADER: usize> Section<HEADER> {
    /// `CreateFileMappingW`, in the page file, and `MapViewOfFile`: a new section of `len` bytes, which are zero. `None`
    /// where there is one of this name already.
    pub(crate) fn create(name: &str, len: u64, security: &SecurityDescriptor) -> io::Result<Option<Self>> {
        let (name, attributes) = (wide(name), security.attributes());
        let half = |bits: u64| u32::try_from(bits).map_err(|_| io::ErrorKind::InvalidInput);
        let (high, low) = (half(len >> 32)?, half(len & u64::from(u32::MAX))?);
        let no_file = INVALID_HANDLE_VALUE;
        // SAFETY: the name is UTF-16 with a NUL at its end. Name, attributes and the descriptor that these point to outlive
        // the call, which keeps none of them and makes a handle of its own.
        let handle = unsafe {
            created(|| {
                CreateFileMappingW(no_file, attributes.as_ptr(), PAGE_READWRITE, high, low, name.as_ptr())
            })
        }?;
        handle.map(|handle| Self::of(View::of(&handle)?, handle)).transpose()
    }

    /// `OpenFileMappingW` and `MapViewOfFile`: a section that somebody else has made, in the page file as well. What is a
    /// file's is refused: its bytes may be lost with the disk or the machine that has them.
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call, which makes a handle of its own.
        let handle = unsafe { opened(OpenFileMappingW(ACCESS, 0, name.as_ptr())) }?;
        let view = View::of(&handle)?;
        view.check_page_file()?;
        Self::of(view, handle)
    }

    /// What is mapped, which is in the page file.
    fn of(view: View, handle: OwnedHandle) -> io::Result<Self> {
        let (base, len) = (view.0, view.len()?);
        // SAFETY: the view was mapped just now for reading and writing, which begins at a page, and its first `len` bytes
        // have memory. It is unmapped only with the section, and nobody but these bytes knows where it is. The
        // memory is the page file's, and no process can take that away from a view of another.
        let bytes = unsafe { SharedBytes::new(base, len) }.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(Self { bytes, _view: view, handle })
    }

    /// Unmaps it. Its name stays taken for as long as somebody has a handle, as this one.
    pub(crate) fn unmap(self) -> OwnedHandle {
        self.handle
    }
}

impl<const HEADER: usize> Deref for Section<HEADER> {
    type Target = SharedBytes<HEADER>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.bytes
    }
}

/// A view that is unmapped when this goes.
///
/// Invariant: it begins there, and nobody else unmaps it.
#[derive(Debug)]
struct View(NonNull<u8>);

// SAFETY: it is an address, and what is mapped there belongs to the process and not to a thread.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl View {
    /// `MapViewOfFile`: of a whole section.
    fn of(section: &OwnedHandle) -> io::Result<Self> {
        // SAFETY: the handle is open and a section's. With a length of 0 the view is of the whole section, wherever there
        // is room for it.
        let view = unsafe { MapViewOfFile(section.as_raw_handle(), ACCESS, 0, 0, 0) };
        NonNull::new(view.Value.cast()).map(Self).ok_or_else(last_error)
    }

    /// `GetMappedFileNameW`: an error unless what is mapped is in the page file.
    fn check_page_file(&self) -> io::Result<()> {
        let mut name = vec![0; LONGEST_NAME];
        let room = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let (process, start) = (current_process().as_raw_handle(), self.0.as_ptr().cast_const().cast());
        // SAFETY: the handle is that of this process, the address is only looked up, and the name has so many units of room.
        let units = unsafe { K32GetMappedFileNameW(process, start, name.as_mut_ptr(), room) };
        check_page_file((units == 0).then(last_error))
    }

    /// `VirtualQuery`: how many bytes from its start have memory that may be read and written.
    fn len(&self) -> io::Result<usize> {
        let mut found = MaybeUninit::<MEMORY_BASIC_INFORMATION>::uninit();
        // SAFETY: the address is only looked up, and `found` has room for what is said of it.
        let written = unsafe {
            VirtualQuery(self.0.as_ptr().cast(), found.as_mut_ptr(), size_of::<MEMORY_BASIC_INFORMATION>())
        };
        if written != size_of::<MEMORY_BASIC_INFORMATION>() {
            return Err(last_error());
        }
        // SAFETY: so many bytes were written.
        let found = unsafe { found.assume_init() };
        // A section may be made whose pages get their memory later, if ever.
        let is_usable = found.State == MEM_COMMIT && found.Protect == PAGE_READWRITE;
        Ok(if is_usable { found.RegionSize } else { 0 })
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let view = MEMORY_MAPPED_VIEW_ADDRESS { Value: self.0.as_ptr().cast() };
        // SAFETY: by the invariant. It cannot fail for a view that exists.
        unsafe { UnmapViewOfFile(view) };
    }
}

/// What a look for the name of a mapped file tells, by its error. Of a section of the page file that is that there is no file
/// (`STATUS_FILE_INVALID`); others mean that it could not be told.
fn check_page_file(failed: Option<io::Error>) -> io::Result<()> {
    match failed {
        Some(error) if code(&error) == ERROR_FILE_INVALID => Ok(()),
        Some(error) => Err(error),
        None => Err(io::Error::new(io::ErrorKind::InvalidInput, "the section is a file's")),
    }
}

#[cfg(test)]
mod tests {
    use std::mem::ManuallyDrop;
    use std::sync::atomic::Ordering;

    use windows_sys::Win32::Foundation::{
        ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA, ERROR_NOT_ENOUGH_MEMORY, ERROR_UNEXP_NET_ERR,
    };

    use windows_sys::Win32::System::Memory::{SEC_RESERVE, VirtualAlloc};

    use super::*;

    fn name(test: &str) -> String {
        format!(r"Local\netipc-test-{}-{test}", std::process::id())
    }

    fn create(name: &str, len: u64) -> Option<Section<64>> {
        Section::create(name, len, &SecurityDescriptor::new().unwrap()).unwrap()
    }

    #[test]
    fn whoever_opens_it_sees_the_same_memory() {
        let name = name("same");
        let one = create(&name, 8_192).unwrap();
        let other = Section::<64>::open(&name).unwrap();
        one.word32::<56>().store(7, Ordering::Relaxed);
        one.copy_in(8_184, &[1; 8]).unwrap();
        assert_eq!(other.word32::<56>().load(Ordering::Relaxed), 7);
        let mut back = [0; 8];
        other.copy_out(8_184, &mut back).unwrap();
        assert_eq!(back, [1; 8]);
    }

    #[test]
    fn it_is_as_long_as_its_pages() {
        let section = create(&name("long"), 5_000).unwrap();
        assert_eq!(section.len(), 8_192);
    }

    #[test]
    fn a_name_that_is_taken_is_told_apart_and_free_when_nobody_has_it() {
        let name = name("taken");
        let one = create(&name, 64).unwrap();
        assert!(create(&name, 64).is_none());
        drop(one);
        assert!(create(&name, 64).is_some());
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let error = Section::<64>::open(&name("missing")).unwrap_err();
        assert_eq!(code(&error), ERROR_FILE_NOT_FOUND);
    }

    #[test]
    fn one_of_a_file_is_refused() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(8_192).unwrap();
        let name = name("file");
        let wide = wide(&name);
        // SAFETY: the file's handle is open. There are no attributes, and the name is UTF-16 with a NUL at its end and
        // outlives the call, which makes a handle of its own.
        let made = unsafe {
            let file = file.as_raw_handle();
            created(|| CreateFileMappingW(file, std::ptr::null(), PAGE_READWRITE, 0, 0, wide.as_ptr()))
        };
        let _section = made.unwrap().unwrap();
        let error = Section::<64>::open(&name).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    /// A section whose pages have no memory yet.
    fn reserved(name: &str, len: u32) -> OwnedHandle {
        let name = wide(name);
        let (no_file, protection) = (INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_RESERVE);
        // SAFETY: there are no attributes, and the name is UTF-16 with a NUL at its end and outlives the call, which makes a
        // handle of its own.
        let made = unsafe {
            created(|| CreateFileMappingW(no_file, std::ptr::null(), protection, 0, len, name.as_ptr()))
        };
        made.unwrap().unwrap()
    }

    #[test]
    fn one_whose_pages_have_no_memory_is_refused() {
        let name = name("reserved");
        let _section = reserved(&name, 8_192);
        let error = Section::<64>::open(&name).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn one_that_has_memory_in_part_is_as_long_as_that() {
        let name = name("in-part");
        let section = reserved(&name, 16_384);
        let view = View::of(&section).unwrap();
        // SAFETY: the pages are the view's, which nothing else uses.
        let committed = unsafe { VirtualAlloc(view.0.as_ptr().cast(), 4_096, MEM_COMMIT, PAGE_READWRITE) };
        assert!(!committed.is_null());
        assert_eq!(Section::<64>::open(&name).unwrap().len(), 4_096);
    }

    #[test]
    fn what_is_not_known_to_be_in_the_page_file_is_refused() {
        let failed = |code: u32| check_page_file(Some(io::Error::from_raw_os_error(code.cast_signed())));
        assert!(failed(ERROR_FILE_INVALID).is_ok());
        for unclear in [ERROR_MORE_DATA, ERROR_NOT_ENOUGH_MEMORY, ERROR_UNEXP_NET_ERR] {
            assert_eq!(code(&failed(unclear).unwrap_err()), unclear);
        }
        assert_eq!(check_page_file(None).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn memory_that_is_no_sections_is_not_known_to_be_in_the_page_file() {
        let private = Box::new(0_u8);
        // Not unmapped.
        let view = ManuallyDrop::new(View(NonNull::from(&*private)));
        assert!(view.check_page_file().is_err());
    }

    #[test]
    fn one_that_is_shorter_than_a_header_is_refused() {
        let name = name("short");
        let _one = create(&name, 64).unwrap();
        let error = Section::<8_192>::open(&name).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
