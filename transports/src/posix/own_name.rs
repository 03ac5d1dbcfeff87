//! Names in the file system that go with what they stand for.

use std::path::{Path, PathBuf};

use super::file_id::FileId;
use super::maker::Maker;
use super::sys::unlink;

/// A name in the file system: removed when this is dropped in the process that has made it, if it still is that file's.
#[derive(Debug)]
pub(super) struct OwnName {
    path: PathBuf,
    file: FileId,
    maker: Maker,
}

impl OwnName {
    /// Takes charge of a name. The file has to stay open, bound or mapped for as long as this lives.
    pub(super) fn new(path: &Path, file: FileId) -> Self {
        Self { path: path.to_owned(), file, maker: Maker::this() }
    }
}

impl Drop for OwnName {
    fn drop(&mut self) {
        if self.maker.is_this() && self.file.is_at(&self.path) {
            // There is nobody to tell. The next server to start removes what is left behind.
            let _ = unlink(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_removed_with_its_owner_but_not_another_file_of_that_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("region");
        std::fs::write(&path, b"mine").unwrap();
        let mine = FileId::of(&rustix::fs::stat(&path).unwrap());
        let name = OwnName::new(&path, mine);
        let kept = directory.path().join("kept");
        std::fs::rename(&path, kept).unwrap();
        std::fs::write(&path, b"another's").unwrap();
        drop(name);
        assert_eq!(std::fs::read(&path).unwrap(), b"another's");
        let another = FileId::of(&rustix::fs::stat(&path).unwrap());
        drop(OwnName::new(&path, another));
        assert!(!path.exists());
    }
}
