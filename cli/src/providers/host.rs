//! The host's file system, which may be mounted somewhere else than on `/`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where the root of the host's file system is: `/`, or where it is mounted in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostRoot(PathBuf);

impl HostRoot {
    /// The host whose root is mounted here.
    pub(crate) fn new(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// A file or directory of the host, from its absolute path there.
    pub(crate) fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.0.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// A process that sees the host's mounts: this one, or, from a container, the host's first.
    pub(crate) fn a_process_of_it(&self) -> &'static str {
        if self.0 == Path::new("/") { "self" } else { "1" }
    }
}

/// An error that says of which file it is.
pub(crate) fn naming(path: &Path) -> impl Fn(io::Error) -> io::Error {
    |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// All of a file that has no more than `most` bytes.
///
/// # Errors
/// Those of opening and reading; [`io::ErrorKind::FileTooLarge`].
pub(crate) fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_host_lie_below_its_root() {
        assert_eq!(HostRoot::new(Path::new("/host")).join("/proc/1"), Path::new("/host/proc/1"));
        assert_eq!(HostRoot::new(Path::new("/")).join("/proc/1"), Path::new("/proc/1"));
        assert_eq!(HostRoot::new(Path::new("/")).a_process_of_it(), "self");
        assert_eq!(HostRoot::new(Path::new("/host")).a_process_of_it(), "1");
    }

    #[test]
    fn a_file_that_is_longer_than_allowed_is_not_read() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("file");
        std::fs::write(&file, "12345").expect("a file");
        assert_eq!(read_bounded(&file, 5).expect("it is short enough"), b"12345");
        let error = read_bounded(&file, 4).expect_err("it is too long");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
