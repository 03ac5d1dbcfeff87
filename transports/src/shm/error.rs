//! What goes wrong with regions.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why what was found is not a region that can be used.
///
/// Contract: `docs/contract/posix.md`, "Attaching".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegionFault {
    /// Shorter than a header, or with an area that begins nowhere or has no length: its server is not done with it.
    #[error("{name}: {field} is {found}", name = self.name())]
    NotReady {
        /// The field, by the contract's name; "length" where there are too few bytes.
        field: &'static str,
        /// Its value.
        found: u64,
    },
    /// Not a region.
    #[error("{name}: {0:#x}", name = self.name())]
    BadMagic(u32),
    /// A region of another version.
    #[error("{name}: {0}", name = self.name())]
    BadVersion(u32),
    /// A header of another length.
    #[error("{name}: {0}", name = self.name())]
    BadHeaderLength(u32),
    /// A region of another profile.
    #[error("{name}: {0}", name = self.name())]
    BadProfile(u32),
    /// Areas that are not multiples of 64, overlap, or do not fit in the region.
    #[error("{name}: {field} is {found}", name = self.name())]
    BadSize {
        /// The first field that does not fit.
        field: &'static str,
        /// Its value.
        found: u64,
    },
}

impl RegionFault {
    /// The kind of fault, in the words that all implementations of the contract share.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotReady { .. } => "not ready",
            Self::BadMagic(_) => "bad magic",
            Self::BadVersion(_) => "bad version",
            Self::BadHeaderLength(_) => "bad header length",
            Self::BadProfile(_) => "bad profile",
            Self::BadSize { .. } => "bad size",
        }
    }
}

/// Why a client could not attach to the region of its session.
///
/// A region is a file, or on Windows a mapping, whose name stands for its path.
///
/// Contract: `docs/contract/posix.md`, "Attaching"; `docs/contract/windows.md`, "Shared memory".
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AttachError {
    /// It is not there: the server has not made it, or has removed it already.
    #[error("{} is not there", path.display())]
    Missing {
        /// Its path.
        path: PathBuf,
    },
    /// It is there and is not a region that can be used.
    #[error("{} cannot be used", path.display())]
    Fault {
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        fault: RegionFault,
    },
    /// Not a regular file.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// It belongs neither to this process's user nor to the server's.
    #[error("{} belongs to user {owner}, who is neither this process's user nor the server's", path.display())]
    ForeignOwner {
        /// Its path.
        path: PathBuf,
        /// Its owner's user ID.
        owner: u32,
    },
    /// Anything else.
    #[error("{} cannot be mapped", path.display())]
    Io {
        /// Its path.
        path: PathBuf,
        /// What the OS says.
        source: io::Error,
    },
}

/// Why a server could not make the region of a session.
///
/// A region is a file, or on Windows a mapping, whose name stands for its path.
///
/// Contract: `docs/contract/posix.md`, "Making a region"; `docs/contract/windows.md`, "Shared memory".
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The agreed limits are larger than a region can be.
    #[error("messages of {request} and {response} bytes do not fit in a region")]
    TooLarge {
        /// The agreed limit of requests, in bytes.
        request: u32,
        /// The agreed limit of responses, in bytes.
        response: u32,
    },
    /// Somebody uses a region of that name.
    #[error("{} is in use", path.display())]
    InUse {
        /// Its path.
        path: PathBuf,
    },
    /// The OS refuses a step.
    #[error("{} could not be made: {step} failed", path.display())]
    Io {
        /// Its path.
        path: PathBuf,
        /// The step, by the name of its system call.
        step: &'static str,
        /// What the OS says.
        source: io::Error,
    },
}
