//! Making a region, as a server does it.
//!
//! Contract: `docs/contract/posix.md`, "Making a region".

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{Ordering, fence};

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};

use super::header::{LAYOUT, RegionHeader};
use super::leftovers::{Way, make_way};
use super::mapping::Mapping;
use super::name;
use super::owner::Owner;
use super::region::Region;
use crate::Endpoint;
use crate::posix::file_id::FileId;
use crate::posix::own_name::OwnName;
use crate::posix::sys::{
    fallocate, fchmod, file_size_limit, fstat, link_open_file, open, open_nameless, unlink,
};
use crate::shm::{CreateError, Geometry};

/// Makes the region of a session with these limits. On any failure nothing is left behind.
pub(crate) fn create(
    endpoint: &Endpoint,
    session_id: u64,
    request_limit: u32,
    response_limit: u32,
) -> Result<Region, CreateError> {
    let too_large = CreateError::TooLarge { request: request_limit, response: response_limit };
    let geometry = Geometry::for_limits(LAYOUT, request_limit, response_limit).ok_or(too_large)?;
    let maker = Maker { path: name::path(endpoint, session_id), geometry };
    match maker.make_nameless(endpoint.run_dir())? {
        Some(region) => Ok(region),
        None => maker.make_named(),
    }
}

struct Maker {
    path: PathBuf,
    geometry: Geometry,
}

impl Maker {
    /// Makes it without a name and gives it one when it is complete, so that nobody ever sees half of it. `None` where
    /// the file system cannot, or there is no `/proc`.
    fn make_nameless(&self, directory: &Path) -> Result<Option<Region>, CreateError> {
        let file = match retry_on_intr(|| open_nameless(directory, private())) {
            Ok(file) => file,
            // Old kernels take the flag for something else.
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => return Ok(None),
            Err(error) => return Err(self.failed("open", error)),
        };
        let (file_id, mapping) = self.fill(&file)?;
        let linked = self.take_name(|path| link_open_file(&file, path))?;
        Ok(linked.ok().map(|()| Region::new(Some(OwnName::new(&self.path, file_id)), mapping, self.geometry)))
    }

    /// Makes it under its name.
    fn make_named(&self) -> Result<Region, CreateError> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW;
        let file = self
            .take_name(|path| retry_on_intr(|| open(path, flags, private())))?
            .map_err(|error| self.failed("open", error))?;
        let file_id = fstat(&file).map(|stat| FileId::of(&stat)).map_err(|error| {
            // It was made just now.
            let _ = unlink(&self.path);
            self.failed("fstat", error)
        })?;
        // From here on a failure removes it.
        let name = OwnName::new(&self.path, file_id);
        let (_, mapping) = self.fill(&file)?;
        Ok(Region::new(Some(name), mapping, self.geometry))
    }

    /// Does what takes the name, once more if something was in the way that could be removed. Gives the OS's verdict
    /// where that is not about the name's being taken.
    fn take_name<T>(
        &self,
        mut take: impl FnMut(&Path) -> Result<T, Errno>,
    ) -> Result<Result<T, Errno>, CreateError> {
        match take(&self.path) {
            Err(Errno::EXIST) => {}
            other => return Ok(other),
        }
        match make_way(&self.path) {
            Way::Free => {}
            Way::InUse => return Err(CreateError::InUse { path: self.path.clone() }),
            Way::Blocked(error) => return Err(self.failed("unlink", error)),
        }
        match take(&self.path) {
            Err(Errno::EXIST) => Err(CreateError::InUse { path: self.path.clone() }),
            other => Ok(other),
        }
    }

    /// Gives the file its mode, its space, and its header.
    fn fill(&self, file: &OwnedFd) -> Result<(FileId, Mapping), CreateError> {
        let stat = fstat(file).map_err(|error| self.failed("fstat", error))?;
        // Whatever the umask says.
        fchmod(file, private()).map_err(|error| self.failed("fchmod", error))?;
        let len = self.geometry.len();
        // Beyond that the kernel would not only say so: it sends SIGXFSZ, which ends the process.
        if file_size_limit().is_some_and(|limit| len > limit) {
            return Err(self.failed("fallocate", Errno::FBIG));
        }
        // A full file system is an error here, and not a SIGBUS later. The pages are zero.
        retry_on_intr(|| fallocate(file, len)).map_err(|error| self.failed("fallocate", error))?;
        let bytes = usize::try_from(len).map_err(|_| self.failed("mmap", Errno::NOMEM))?;
        let mapping = Mapping::new(file.as_fd(), bytes).map_err(|error| self.failed("mmap", error))?;
        let owner = Owner::this();
        let header = RegionHeader::new(&self.geometry, owner.pid, owner.generation);
        mapping.copy_in(0, &header.encode()).ok_or_else(|| self.failed("mmap", Errno::NOMEM))?;
        fence(Ordering::Release);
        Ok((FileId::of(&stat), mapping))
    }

    fn failed(&self, step: &'static str, error: impl Into<io::Error>) -> CreateError {
        CreateError::Io { path: self.path.clone(), step, source: error.into() }
    }
}

fn private() -> Mode {
    Mode::RUSR | Mode::WUSR
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
