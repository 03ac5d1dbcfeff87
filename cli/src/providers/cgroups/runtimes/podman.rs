//! Podman: `/var/lib/containers/storage/<driver>-containers/containers.json`, one file for all containers of root's.
//! Those of other users lie in their homes and are not looked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use serde::Deserialize;

use super::{Container, is_unreadable};
use crate::providers::host::{HostRoot, read_bounded};

/// Bytes of a file at most.
const FILE_BYTES: u64 = 16 << 20;

#[derive(Debug)]
pub(super) struct Podman {
    storage: PathBuf,
    /// Whether this scan has looked already.
    current: bool,
    /// The files and when each was last changed, as they were when `known` was read from them.
    files: Vec<(PathBuf, SystemTime)>,
    known: HashMap<String, Container>,
    unreadable: u64,
}

/// The part of an entry that is looked at.
#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(default)]
    names: Vec<String>,
    /// JSON in a string.
    #[serde(default)]
    metadata: String,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(rename = "image-name", default)]
    image: String,
}

impl Podman {
    pub(super) fn new(host: &HostRoot) -> Self {
        Self {
            storage: host.join("/var/lib/containers/storage"),
            current: false,
            files: Vec::new(),
            known: HashMap::new(),
            unreadable: 0,
        }
    }

    pub(super) fn begin(&mut self) {
        self.current = false;
    }

    pub(super) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    pub(super) fn container(&mut self, id: &str) -> Option<&Container> {
        if !self.current {
            self.refresh();
            self.current = true;
        }
        self.known.get(id)
    }

    fn refresh(&mut self) {
        let files = match files(&self.storage) {
            Ok(files) => files,
            Err(error) => {
                (self.files, self.known) = (Vec::new(), HashMap::new());
                self.unreadable = u64::from(is_unreadable(&error));
                return;
            }
        };
        // What could not be read is tried again.
        if files == self.files && self.unreadable == 0 {
            return;
        }
        self.unreadable = 0;
        self.known.clear();
        for (file, _) in &files {
            match entries(file) {
                Ok(entries) => self.known.extend(entries.into_iter().map(|entry| {
                    let metadata: Metadata = serde_json::from_str(&entry.metadata).unwrap_or_default();
                    let name = entry.names.first().map_or("", String::as_str);
                    let image = Some(("image", metadata.image)).filter(|(_, image)| !image.is_empty());
                    let container = Container::new(name, image);
                    (entry.id, container)
                })),
                Err(error) => self.unreadable += u64::from(is_unreadable(&error)),
            }
        }
        self.files = files;
    }
}

/// The lists of containers, one for each storage driver that was ever used.
fn files(storage: &Path) -> io::Result<Vec<(PathBuf, SystemTime)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(storage)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().ends_with(b"-containers") {
            let file = entry.path().join("containers.json");
            match file.metadata().and_then(|metadata| metadata.modified()) {
                Ok(changed) => files.push((file, changed)),
                Err(error) if !is_unreadable(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn entries(file: &Path) -> io::Result<Vec<Entry>> {
    Ok(serde_json::from_slice(&read_bounded(file, FILE_BYTES)?)?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    fn write(host: &TempDir, driver: &str, content: &str) -> PathBuf {
        let dir = host.path().join("var/lib/containers/storage").join(format!("{driver}-containers"));
        fs::create_dir_all(&dir).expect("a directory");
        let file = dir.join("containers.json");
        fs::write(&file, content).expect("a file");
        file
    }

    fn podman(host: &TempDir) -> Podman {
        Podman::new(&HostRoot::new(host.path()))
    }

    #[test]
    fn a_container_has_its_name_and_image() {
        let host = tempfile::tempdir().expect("a temporary directory");
        write(
            &host,
            "overlay",
            r#"[{"id":"ab","names":["web"],"metadata":"{\"image-name\":\"nginx:1\"}"},{"id":"cd"}]"#,
        );
        write(&host, "vfs", r#"[{"id":"ef","names":["db"],"metadata":"?"}]"#);
        let mut podman = podman(&host);
        assert_eq!(podman.container("ab"), Some(&Container::new("web", [("image", "nginx:1")])));
        assert_eq!(podman.container("cd"), Some(&Container::default()));
        assert_eq!(podman.container("ef").and_then(|known| known.name.as_deref()), Some("db"));
        assert_eq!(podman.container("00"), None);
    }

    #[test]
    fn a_list_that_changes_is_read_again() {
        let host = tempfile::tempdir().expect("a temporary directory");
        let mut podman = podman(&host);
        write(&host, "overlay", r#"[{"id":"ab","names":["web"]}]"#);
        assert!(podman.container("ab").is_some());
        let file = write(&host, "overlay", "[]");
        let file = fs::File::options().append(true).open(file).expect("the file");
        file.set_modified(SystemTime::now() + Duration::from_secs(10)).expect("its owner may set it");
        assert!(podman.container("ab").is_some(), "within a scan nothing changes");
        podman.begin();
        assert!(podman.container("ab").is_none());
    }

    #[test]
    fn what_is_no_json_is_counted_and_what_is_not_there_is_not() {
        let host = tempfile::tempdir().expect("a temporary directory");
        let mut podman = podman(&host);
        assert_eq!(podman.container("ab"), None);
        assert_eq!(podman.unreadable(), 0);
        write(&host, "overlay", "[");
        podman.begin();
        assert_eq!(podman.container("ab"), None);
        assert_eq!(podman.unreadable(), 1);
    }
}
