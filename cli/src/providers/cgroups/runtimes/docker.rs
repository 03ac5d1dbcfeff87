//! Docker: `/var/lib/docker/containers/<id>/config.v2.json`, one file for each container.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use super::{Container, is_unreadable};
use crate::providers::host::{HostRoot, read_bounded};

/// Bytes of a file at most; real ones have some thousand.
const FILE_BYTES: u64 = 4 << 20;

#[derive(Debug)]
pub(super) struct Docker {
    containers: PathBuf,
    known: HashMap<String, Known>,
    unreadable: u64,
}

/// What a file said when it was last changed then.
#[derive(Debug)]
struct Known {
    changed: Option<SystemTime>,
    container: Option<Container>,
    asked_for: bool,
}

/// The part of the file that is looked at.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "Name", default)]
    name: String,
    #[serde(rename = "Config", default)]
    config: ContainerConfig,
}

#[derive(Deserialize, Default)]
struct ContainerConfig {
    #[serde(rename = "Image", default)]
    image: String,
    #[serde(rename = "Labels", default)]
    labels: Option<BTreeMap<String, String>>,
}

impl Docker {
    pub(super) fn new(host: &HostRoot) -> Self {
        Self { containers: host.join("/var/lib/docker/containers"), known: HashMap::new(), unreadable: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.unreadable = 0;
        for known in self.known.values_mut() {
            known.asked_for = false;
        }
    }

    pub(super) fn end(&mut self) -> u64 {
        self.known.retain(|_, known| known.asked_for);
        self.unreadable
    }

    pub(super) fn container(&mut self, id: &str) -> Option<&Container> {
        // Many cgroups of one container ask once.
        if !self.known.get(id).is_some_and(|known| known.asked_for) {
            let file = self.containers.join(id).join("config.v2.json");
            let known = self.known.remove(id);
            let known = refreshed(known, &file).unwrap_or_else(|error| {
                self.unreadable += u64::from(is_unreadable(&error));
                Known { changed: None, container: None, asked_for: true }
            });
            self.known.insert(id.to_owned(), known);
        }
        self.known.get(id)?.container.as_ref()
    }
}

/// What the file says now.
fn refreshed(known: Option<Known>, file: &Path) -> io::Result<Known> {
    let changed = Some(file.metadata()?.modified()?);
    if let Some(known) = known
        && known.changed == changed
    {
        return Ok(Known { asked_for: true, ..known });
    }
    let config: Config = serde_json::from_slice(&read_bounded(file, FILE_BYTES)?)?;
    let labels = config.config.labels.unwrap_or_default();
    let image = Some(("image".to_owned(), config.config.image)).filter(|(_, image)| !image.is_empty());
    let container = Container::new(config.name.trim_start_matches('/'), labels.into_iter().chain(image));
    Ok(Known { changed, container: Some(container), asked_for: true })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    fn docker(host: &TempDir) -> Docker {
        Docker::new(&HostRoot::new(host.path()))
    }

    fn write(host: &TempDir, id: &str, content: &str) -> PathBuf {
        let dir = host.path().join("var/lib/docker/containers").join(id);
        fs::create_dir_all(&dir).expect("a directory");
        let file = dir.join("config.v2.json");
        fs::write(&file, content).expect("a file");
        file
    }

    fn name(docker: &mut Docker, id: &str) -> Option<String> {
        docker.begin();
        let name = docker.container(id).and_then(|container| container.name.clone());
        docker.end();
        name
    }

    #[test]
    fn a_container_has_its_name_image_and_labels() {
        let host = tempfile::tempdir().expect("a temporary directory");
        write(&host, "ab", r#"{"Name":"/web","Config":{"Image":"nginx:1","Labels":{"app":"shop"}},"X":[1]}"#);
        let mut docker = docker(&host);
        let container = docker.container("ab").expect("it is written").clone();
        assert_eq!(container, Container::new("web", [("app", "shop"), ("image", "nginx:1")]));
    }

    #[test]
    fn labels_may_be_null_and_names_missing() {
        let host = tempfile::tempdir().expect("a temporary directory");
        write(&host, "ab", r#"{"Config":{"Labels":null}}"#);
        assert_eq!(docker(&host).container("ab"), Some(&Container::default()));
    }

    #[test]
    fn a_container_that_was_renamed_gets_its_new_name() {
        let host = tempfile::tempdir().expect("a temporary directory");
        let mut docker = docker(&host);
        let file = write(&host, "ab", r#"{"Name":"/old"}"#);
        assert_eq!(name(&mut docker, "ab").as_deref(), Some("old"));
        write(&host, "ab", r#"{"Name":"/new"}"#);
        let later = SystemTime::now() + Duration::from_secs(10);
        let file = fs::File::options().append(true).open(file).expect("the file");
        file.set_modified(later).expect("its owner may set it");
        assert_eq!(name(&mut docker, "ab").as_deref(), Some("new"));
    }

    #[test]
    fn what_is_no_json_is_counted_and_what_is_not_there_is_not() {
        let host = tempfile::tempdir().expect("a temporary directory");
        write(&host, "ab", "{");
        let mut docker = docker(&host);
        assert_eq!(docker.container("ab"), None);
        assert_eq!(docker.container("cd"), None);
        assert_eq!(docker.end(), 1);
    }

    #[test]
    fn containers_that_nobody_asks_for_are_forgotten() {
        let host = tempfile::tempdir().expect("a temporary directory");
        write(&host, "ab", r#"{"Name":"/web"}"#);
        let mut docker = docker(&host);
        assert!(name(&mut docker, "ab").is_some());
        docker.begin();
        docker.end();
        assert!(docker.known.is_empty());
    }
}
