//! Kubernetes: the names of the logs that kubelet keeps for every pod and container. The logs are not read.
//!
//! - `/var/log/pods/<namespace>_<pod>_<uid>/`
//! - `/var/log/containers/<pod>_<namespace>_<container>-<id>.log`

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::is_unreadable;
use crate::providers::host::HostRoot;

/// Entries of a directory at most.
const ENTRIES: usize = 100_000;

/// A pod, as people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::providers::cgroups) struct Pod {
    pub(in crate::providers::cgroups) namespace: String,
    pub(in crate::providers::cgroups) name: String,
}

#[derive(Debug)]
pub(super) struct Kubernetes {
    pod_logs: PathBuf,
    container_logs: PathBuf,
    /// Whether this scan has looked already.
    current: bool,
    pods: HashMap<String, Pod>,
    containers: HashMap<String, String>,
    unreadable: u64,
}

impl Kubernetes {
    pub(super) fn new(host: &HostRoot) -> Self {
        Self {
            pod_logs: host.join("/var/log/pods"),
            container_logs: host.join("/var/log/containers"),
            current: false,
            pods: HashMap::new(),
            containers: HashMap::new(),
            unreadable: 0,
        }
    }

    pub(super) fn begin(&mut self) {
        self.current = false;
    }

    pub(super) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    pub(super) fn pod(&mut self, uid: &str) -> Option<&Pod> {
        self.refresh();
        self.pods.get(uid)
    }

    pub(super) fn container(&mut self, id: &str) -> Option<&str> {
        self.refresh();
        self.containers.get(id).map(String::as_str)
    }

    fn refresh(&mut self) {
        if self.current {
            return;
        }
        self.current = true;
        self.unreadable = 0;
        let pods = self.names(&self.pod_logs.clone());
        self.pods = pods.iter().filter_map(|name| pod(name)).collect();
        let containers = self.names(&self.container_logs.clone());
        self.containers = containers.iter().filter_map(|name| container(name)).collect();
    }

    fn names(&mut self, dir: &Path) -> Vec<String> {
        let names = |dir| -> io::Result<Vec<OsString>> {
            fs::read_dir(dir)?.take(ENTRIES).map(|entry| Ok(entry?.file_name())).collect()
        };
        let names = names(dir).unwrap_or_else(|error| {
            self.unreadable += u64::from(is_unreadable(&error));
            Vec::new()
        });
        names.into_iter().filter_map(|name| name.into_string().ok()).collect()
    }
}

/// The UID of the pod whose logs are in a directory of this name, and the pod. None of the three has an underscore.
fn pod(name: &str) -> Option<(String, Pod)> {
    let mut parts = name.split('_');
    let (namespace, name, uid) = (parts.next()?, parts.next()?, parts.next()?);
    let complete = parts.next().is_none() && ![namespace, name, uid].contains(&"");
    complete.then(|| (uid.to_owned(), Pod { namespace: namespace.to_owned(), name: name.to_owned() }))
}

/// The id and the name of the container whose log has this name.
fn container(name: &str) -> Option<(String, String)> {
    let (name, id) = name.strip_suffix(".log")?.rsplit_once('-')?;
    let name = name.rsplit_once('_')?.1;
    (!name.is_empty() && !id.is_empty()).then(|| (id.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_logs_name_pods_and_containers() {
        let shop = Pod { namespace: "shop".to_owned(), name: "web-5d".to_owned() };
        assert_eq!(pod("shop_web-5d_1111-2222"), Some(("1111-2222".to_owned(), shop)));
        assert_eq!(container("web-5d_shop_nginx-main-ab12.log"), Some(("ab12".into(), "nginx-main".into())));
        for odd in ["", "a_b", "a_b_c_d", "__", "a__c"] {
            assert_eq!(pod(odd), None, "{odd}");
        }
        for odd in ["", ".log", "a_b_c-.log", "a_b_-d.log", "a-b.log", "a_b_c-d"] {
            assert_eq!(container(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_kubelet_has_written_is_found_anew_in_every_scan() {
        let host = tempfile::tempdir().expect("a temporary directory");
        let mut kubernetes = Kubernetes::new(&HostRoot::new(host.path()));
        assert_eq!(kubernetes.pod("u1"), None);
        assert_eq!(kubernetes.unreadable(), 0);
        fs::create_dir_all(host.path().join("var/log/pods/ns_web_u1")).expect("a directory");
        fs::write(host.path().join("var/log/containers"), "").expect("a file in place of the directory");
        assert_eq!(kubernetes.pod("u1"), None, "within a scan nothing changes");
        kubernetes.begin();
        assert_eq!(kubernetes.pod("u1").map(|pod| pod.name.as_str()), Some("web"));
        assert_eq!(kubernetes.container("ab"), None);
        assert_eq!(kubernetes.unreadable(), 1);
    }
}
