//! Going through the directories of processes.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Dir, Mode, OFlags, openat};
use rustix::io::Errno;

use crate::providers::host::naming;

/// Bytes of a file that are read: what is wanted stands at the beginning, or is short.
const FILE_BYTES: u64 = 64 << 10;

/// What a walk has not found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Processes that this one may not read, or whose files make no sense.
    pub(crate) unreadable: u64,
    /// Processes beyond the limit.
    pub(crate) left_out: u64,
    /// Whether processes are not even listed (`hidepid=2`): then the first one is not, which always lives.
    pub(crate) hidden: bool,
}

/// The directory of one process. When that has ended, nothing can be read there, also if its pid is in use again.
#[derive(Debug)]
pub(crate) struct Directory(OwnedFd);

impl Directory {
    /// A file of it, in `buffer`.
    ///
    /// # Errors
    /// Those of opening and reading; ENOENT and ESRCH if the process has ended.
    pub(crate) fn read<'a>(&self, name: &str, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
        let file = openat(&self.0, name, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty())?;
        buffer.clear();
        File::from(file).take(FILE_BYTES).read_to_end(buffer)?;
        Ok(buffer)
    }
}

impl AsFd for Directory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Calls `read` for each process, in the order that the kernel lists them: that of their ids. An error is a process
/// that has ended, or that cannot be read.
///
/// # Errors
/// The directory cannot be listed.
pub(crate) fn each(
    proc: &Path,
    most: usize,
    mut read: impl FnMut(u32, &Directory) -> io::Result<()>,
) -> io::Result<Missing> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let root = File::open(proc).map_err(naming(proc))?;
    let mut missing = Missing { hidden: true, ..Missing::default() };
    let mut seen = 0;
    for entry in Dir::read_from(&root)? {
        let Some(pid) = pid(entry?.file_name().to_bytes()) else { continue };
        missing.hidden &= pid != 1;
        if seen >= most {
            missing.left_out += 1;
            continue;
        }
        seen += 1;
        let one = openat(&root, pid.to_string(), flags, Mode::empty())
            .map_err(io::Error::from)
            .and_then(|directory| read(pid, &Directory(directory)));
        match one {
            Ok(()) => {}
            Err(error) => missing.unreadable += u64::from(!has_ended(&error)),
        }
    }
    Ok(missing)
}

/// A process that ends while it is looked at gives ENOENT on its name, ESRCH on what was opened already.
fn has_ended(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::SRCH | Errno::NOTDIR))
}

/// The pid that a directory is named by.
fn pid(name: &[u8]) -> Option<u32> {
    let digits = !name.starts_with(b"0") && name.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(name).ok().filter(|_| digits)?.parse().ok()
}
