//! Attaching to a region, as a client does it.
//!
//! Contract: `docs/contract/posix.md`, "Attaching".

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::geteuid;

use super::header::{HEADER_LEN, RegionHeader};
use super::mapping::Mapping;
use super::name;
use super::region::Region;
use crate::Endpoint;
use crate::posix::sys::{fstat, open, pread};
use crate::shm::{AttachError, RegionFault};

/// Maps the region of a session. The server runs as the user `server_uid`.
pub(super) fn attach(endpoint: &Endpoint, session_id: u64, server_uid: u32) -> Result<Region, AttachError> {
    attach_at(&name::path(endpoint, session_id), server_uid)
}

fn attach_at(path: &Path, server_uid: u32) -> Result<Region, AttachError> {
    let failed = |source: io::Error| AttachError::Io { path: path.to_owned(), source };
    let fault = |fault| AttachError::Fault { path: path.to_owned(), fault };
    // Not blocked by a FIFO, whose kind is looked at only once it is open.
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match retry_on_intr(|| open(path, flags, Mode::empty())) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Err(AttachError::Missing { path: path.to_owned() }),
        Err(Errno::LOOP | Errno::ISDIR | Errno::NXIO) => {
            return Err(AttachError::NotAFile { path: path.to_owned() });
        }
        Err(error) => return Err(failed(error.into())),
    };
    let stat = fstat(&file).map_err(|error| failed(error.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(AttachError::NotAFile { path: path.to_owned() });
    }
    if stat.st_uid != geteuid().as_raw() && stat.st_uid != server_uid {
        return Err(AttachError::ForeignOwner { path: path.to_owned(), owner: stat.st_uid });
    }
    // Read, not mapped: a file that is shorter than it should be is an error then, and no signal.
    let mut header = [0; HEADER_LEN];
    let read = retry_on_intr(|| pread(&file, &mut header)).map_err(|error| failed(error.into()))?;
    let header = RegionHeader::decode(&header[..read]).map_err(fault)?;
    let file_len = u64::try_from(stat.st_size).unwrap_or(0);
    let geometry = header.geometry(file_len).map_err(fault)?;
    let too_large = RegionFault::BadSize { field: "length", found: file_len };
    let len = usize::try_from(geometry.len()).map_err(|_| fault(too_large))?;
    let mapping = Mapping::new(file.as_fd(), len).map_err(failed)?;
    Ok(Region::new(None, mapping, geometry))
}

#[cfg(test)]
#[path = "attach_tests.rs"]
mod tests;
