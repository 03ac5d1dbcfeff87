//! Who may use what a server makes.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::ffi::c_void;
use std::io;
use std::marker::PhantomData;
use std::os::windows::io::{AsRawHandle, BorrowedHandle};
use std::ptr::{self, NonNull};
use std::slice;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo, SDDL_REVISION_1, SE_KERNEL_OBJECT,
};
use windows_sys::Win32::Security::{OWNER_SECURITY_INFORMATION, SECURITY_ATTRIBUTES};

use super::process::{own_user, words};
use super::{succeeded, wide};

/// Memory that Windows has allocated for a caller to free.
#[derive(Debug)]
pub(super) struct Local(NonNull<c_void>);

impl Local {
    /// # Safety
    /// `place` came from `LocalAlloc`, and nobody else frees it.
    pub(super) unsafe fn new(place: *mut c_void) -> io::Result<Self> {
        NonNull::new(place).map(Self).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    pub(super) fn as_ptr(&self) -> *mut c_void {
        self.0.as_ptr()
    }

    /// The text that is there.
    ///
    /// # Safety
    /// It has to be UTF-16 with a NUL at its end.
    pub(super) unsafe fn into_text(self) -> String {
        let text: *const u16 = self.as_ptr().cast_const().cast();
        let mut len = 0;
        // SAFETY: by the caller's promise there is a NUL, up to which all that is read lies in the text.
        while unsafe { text.add(len).read() } != 0 {
            len += 1;
        }
        // SAFETY: so many units lie before the NUL, and the text lives until the end of this function.
        String::from_utf16_lossy(unsafe { slice::from_raw_parts(text, len) })
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: by the contract of `new`.
        unsafe { LocalFree(self.0.as_ptr()) };
    }
}

// SAFETY: plain memory, which any thread may read and free.
unsafe impl Send for Local {}
// SAFETY: a shared reference only reads.
unsafe impl Sync for Local {}

/// Belongs to the user of this process, lets that user, `LocalSystem` and administrators do everything, and nobody else anything.
#[derive(Debug)]
pub(crate) struct SecurityDescriptor(Local);

/// A descriptor as calls take it, with nothing that child processes inherit.
pub(crate) struct Attributes<'a>(SECURITY_ATTRIBUTES, PhantomData<&'a SecurityDescriptor>);

impl SecurityDescriptor {
    pub(crate) fn new() -> io::Result<Self> {
        Self::parse(&description(&own_user()?))
    }

    fn parse(description: &str) -> io::Result<Self> {
        let text = wide(description);
        let mut descriptor = ptr::null_mut();
        // SAFETY: the text is UTF-16 with a NUL at its end, and outlives the call, as the variable does where the result
        // goes. The length is not asked for.
        succeeded(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                ptr::null_mut(),
            )
        })?;
        // SAFETY: the call allocates it by `LocalAlloc` for its caller to free.
        Ok(Self(unsafe { Local::new(descriptor) }?))
    }

    pub(crate) fn attributes(&self) -> Attributes<'_> {
        let attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
            lpSecurityDescriptor: self.0.as_ptr(),
            bInheritHandle: 0,
        };
        Attributes(attributes, PhantomData)
    }
}

impl Attributes<'_> {
    /// For calls that end before this does.
    pub(crate) fn as_ptr(&self) -> *const SECURITY_ATTRIBUTES {
        &raw const self.0
    }

    #[cfg(test)]
    pub(super) fn refers_to(&self, descriptor: &SecurityDescriptor) -> bool {
        self.0.lpSecurityDescriptor == descriptor.0.as_ptr()
    }
}

/// In Windows' language for it: the owner (O) is this user, also where the administrators would be; and a list that takes
/// nothing from elsewhere (P) and allows (A) all access (GA) to this user, `LocalSystem` (SY) and administrators (BA).
fn description(user: &str) -> String {
    format!("O:{user}D:P(A;;GA;;;{user})(A;;GA;;;SY)(A;;GA;;;BA)")
}

/// `GetSecurityInfo`: who owns a pipe, as Windows writes it: `S-1-5-…`. Nobody can make a pipe that is owned by a user or a
/// group who is not its maker's.
pub(crate) fn owner_of(pipe: BorrowedHandle<'_>) -> io::Result<String> {
    let (mut owner, mut descriptor) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the handle is open, and the variables for the results outlive the call. What is null is not asked for.
    let error = unsafe {
        GetSecurityInfo(
            pipe.as_raw_handle(),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut descriptor,
        )
    };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error.cast_signed()));
    }
    // SAFETY: the call allocates the descriptor by `LocalAlloc` for its caller to free.
    let _descriptor = unsafe { Local::new(descriptor) }?;
    if owner.is_null() {
        return Err(io::ErrorKind::NotFound.into());
    }
    // SAFETY: the call has made it point to an identifier in the descriptor, which lives until the end of this function.
    unsafe { words(owner) }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::AsHandle;

    use windows_sys::Win32::Security::Authorization::ConvertSecurityDescriptorToStringSecurityDescriptorW;
    use windows_sys::Win32::Security::DACL_SECURITY_INFORMATION;

    use super::super::{NewInstance, open_pipe};
    use super::*;

    // Whether Windows keeps to it cannot be tried under Wine, which lets everybody in.

    #[test]
    fn the_servers_user_the_system_and_administrators_may_connect_and_nobody_else() {
        assert_eq!(
            description("S-1-5-21-1-2-3-1001"),
            "O:S-1-5-21-1-2-3-1001D:P(A;;GA;;;S-1-5-21-1-2-3-1001)(A;;GA;;;SY)(A;;GA;;;BA)"
        );
    }

    #[test]
    fn windows_takes_the_description_of_this_user() {
        assert!(SecurityDescriptor::new().is_ok());
        assert!(SecurityDescriptor::parse("D:P(A;;GA;;;nobody)").is_err());
    }

    /// What Windows reads in a descriptor, of the owner and the list.
    fn text_of(descriptor: &SecurityDescriptor) -> String {
        let mut text = ptr::null_mut();
        // SAFETY: the descriptor is valid, and the variable for the result outlives the call. The length is not asked for.
        succeeded(unsafe {
            ConvertSecurityDescriptorToStringSecurityDescriptorW(
                descriptor.0.as_ptr(),
                SDDL_REVISION_1,
                OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                &raw mut text,
                ptr::null_mut(),
            )
        })
        .unwrap();
        // SAFETY: the call allocates a text by `LocalAlloc` for its caller to free, in UTF-16 with a NUL at its end.
        unsafe { Local::new(text.cast()).unwrap().into_text() }
    }

    #[test]
    fn windows_reads_in_the_descriptor_what_its_text_says() {
        // Windows has short names for some users.
        let owner = text_of(&SecurityDescriptor::parse(&format!("O:{}D:P", own_user().unwrap())).unwrap());
        let user = owner.strip_prefix("O:").and_then(|owner| owner.strip_suffix("D:P")).unwrap();
        assert_eq!(text_of(&SecurityDescriptor::new().unwrap()), description(user));
    }

    #[test]
    fn a_pipe_is_owned_by_the_user_who_made_it() {
        let name = format!(r"\\.\pipe\netipc-test-{}-owner", std::process::id());
        let security = SecurityDescriptor::new().unwrap();
        let _instance = NewInstance::first(&name, 4_096, &security).create().unwrap();
        let opened = open_pipe(&name).unwrap();
        assert_eq!(owner_of(opened.as_handle()).unwrap(), own_user().unwrap());
    }

    #[test]
    fn nothing_is_inherited() {
        let descriptor = SecurityDescriptor::new().unwrap();
        let attributes = descriptor.attributes();
        assert_eq!(attributes.0.bInheritHandle, 0);
        assert_eq!(attributes.0.nLength, 24);
        assert!(!attributes.0.lpSecurityDescriptor.is_null());
    }
}
