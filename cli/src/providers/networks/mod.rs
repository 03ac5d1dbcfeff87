//! Which networks there are, and who announces them: a database in a file.
//!
//! [`ranges`] reads text, [`maxmind`] reads MaxMind DB with its [`field`]s, [`watched`] keeps up with a file that changes.

mod field;
mod maxmind;
mod ranges;
mod watched;

pub(super) use watched::Watched;

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Bytes of a database at most: some ten times the largest that are published.
const FILE_BYTES: u64 = 1 << 30;

/// What files begin with that gzip, xz, zstd, bzip2 and zip have made: databases are published in them.
const PACKED: [&[u8]; 5] = [b"\x1f\x8b", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"BZh", b"PK\x03\x04"];

/// The network that an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// Length of its prefix, as the address's own family counts it.
    pub(super) prefix_len: u16,
    /// The autonomous system that announces it; 0 for none.
    pub(super) asn: u32,
    /// Two letters, or empty.
    pub(super) country: &'a str,
    /// May be empty; has no NUL.
    pub(super) organisation: &'a str,
}

/// Networks that can be looked up.
#[derive(Debug)]
pub(super) enum Database {
    /// From tab-separated text.
    Ranges(ranges::Ranges),
    /// From a MaxMind DB.
    MaxMind(maxmind::MaxMind),
}

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseError {
    /// The file cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// It is as it was downloaded.
    #[error("{path} is compressed; it has to be unpacked first", path = path.display())]
    Compressed { path: PathBuf },
    /// Something in the text is wrong.
    #[error("{path} is no tab-separated list of ranges: {problem}", path = path.display())]
    Text { path: PathBuf, problem: ranges::Problem },
    /// Something in the MaxMind DB is wrong.
    #[error("{path} is no MaxMind DB that can be used", path = path.display())]
    MaxMind {
        path: PathBuf,
        #[source]
        source: maxmind::Problem,
    },
}

impl Database {
    /// Reads a database, whichever of the two it is.
    ///
    /// # Errors
    /// It cannot be read, or breaks a rule of its format.
    pub(super) fn open(path: &Path) -> Result<Self, DatabaseError> {
        let bytes =
            read(path).map_err(|source| DatabaseError::Unreadable { path: path.to_owned(), source })?;
        if maxmind::is_one(&bytes) {
            let database = maxmind::MaxMind::new(bytes);
            return database
                .map(Self::MaxMind)
                .map_err(|source| DatabaseError::MaxMind { path: path.to_owned(), source });
        }
        if PACKED.iter().any(|magic| bytes.starts_with(magic)) {
            return Err(DatabaseError::Compressed { path: path.to_owned() });
        }
        ranges::Ranges::parse(&bytes)
            .map(Self::Ranges)
            .map_err(|problem| DatabaseError::Text { path: path.to_owned(), problem })
    }

    /// The smallest network that an address belongs to.
    ///
    /// # Errors
    /// The record of that network in a MaxMind DB makes no sense.
    pub(super) fn find(&self, address: IpAddr) -> Result<Option<Found<'_>>, maxminddb::MaxMindDbError> {
        match self {
            Self::Ranges(ranges) => Ok(ranges.find(address)),
            Self::MaxMind(database) => database.find(address),
        }
    }
}

/// All of a regular file: a pipe or a device might never end.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {FILE_BYTES} bytes"),
        ));
    }
    Ok(bytes)
}

/// Opens a file without waiting for whoever is at the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    Ok(File::from(rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )?))
}

#[cfg(windows)]
fn open(path: &Path) -> io::Result<File> {
    // A directory is told to be one only if it is not opened.
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_says_why() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let message = |path: &Path| {
            let error = Database::open(path).expect_err("it is no database");
            crate::error::Failure::because("no", &error).to_string()
        };
        assert!(message(&dir.path().join("none")).contains("none cannot be read: "));
        assert!(message(dir.path()).contains("cannot be read: it is no regular file"));
        let file = dir.path().join("file");
        std::fs::write(&file, "192.0.2.0\n").expect("a file");
        assert!(
            message(&file).contains("no tab-separated list of ranges: line 1: the columns are 1 and not 5"),
            "{}",
            message(&file)
        );
        std::fs::write(&file, b"junk\xab\xcd\xefMaxMind.com junk").expect("a file");
        assert!(message(&file).contains("no MaxMind DB that can be used: "), "{}", message(&file));
        std::fs::write(&file, b"\x1f\x8b\x08\0").expect("a file");
        assert!(message(&file).contains("is compressed; it has to be unpacked first"), "{}", message(&file));
        std::fs::write(&file, "").expect("a file");
        assert!(message(&file).contains("it has no ranges"), "{}", message(&file));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_nobody_writes_to_is_refused_at_once() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let pipe = dir.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        assert!(matches!(Database::open(&pipe), Err(DatabaseError::Unreadable { .. })));
    }

    #[test]
    fn the_sample_that_comes_with_this_can_be_used() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/documentation-ranges.tsv");
        let database = Database::open(&sample).expect("it is well-formed");
        for (address, asn) in [("192.0.2.1", 64496), ("203.0.113.255", 64498), ("2001:db8::1", 65536)] {
            let address = address.parse().expect("an address");
            let found = database.find(address).expect("text does not fail").expect("it is in there");
            assert_eq!(found.asn, asn, "{address}");
        }
        assert_eq!(database.find("8.8.8.8".parse().expect("an address")).expect("no error"), None);
    }
}
