//! What container runtimes have written about their containers: names and labels.
//!
//! Nothing is asked of their daemons, which may hang. The files belong to root, as a rule; what cannot be read is
//! counted, and its containers keep the short form of their ids. One [`Runtimes`] serves many scans: files that have
//! not changed are not read again.

mod docker;
mod kubernetes;
mod podman;

use crate::providers::host::HostRoot;

/// Labels of a container at most; the rest is left out.
const LABELS: usize = 64;
/// Bytes of a label's key at most; others are left out, as are values of more than [`VALUE_BYTES`].
const KEY_BYTES: usize = 256;
const VALUE_BYTES: usize = 1024;

/// A label's key and value.
pub(in crate::providers) type Label = (Vec<u8>, Vec<u8>);

/// What is written about a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    /// Its name; never empty, and without NULs.
    pub(super) name: Option<String>,
    /// Its labels, in the order of their keys.
    pub(super) labels: Vec<Label>,
}

impl Container {
    /// Takes what can be sent: a name and keys that are not empty, no NULs, no more labels than agreed.
    fn new<K: AsRef<str>, V: AsRef<str>>(name: &str, labels: impl IntoIterator<Item = (K, V)>) -> Self {
        let clean = |text: &str| !text.contains('\0');
        let mut labels: Vec<_> = labels
            .into_iter()
            .filter(|(key, value)| {
                let (key, value) = (key.as_ref(), value.as_ref());
                let long = key.len() > KEY_BYTES || value.len() > VALUE_BYTES;
                !key.is_empty() && !long && clean(key) && clean(value)
            })
            .map(|(key, value)| (key.as_ref().into(), value.as_ref().into()))
            .collect();
        labels.sort_unstable();
        labels.truncate(LABELS);
        Self { name: Some(name).filter(|name| !name.is_empty() && clean(name)).map(str::to_owned), labels }
    }
}

/// What all runtimes of a host have written.
#[derive(Debug)]
pub(crate) struct Runtimes {
    docker: docker::Docker,
    podman: podman::Podman,
    kubernetes: kubernetes::Kubernetes,
}

impl Runtimes {
    /// Those of this host. Nothing is read before it is asked for.
    pub(crate) fn new(host: &HostRoot) -> Self {
        Self {
            docker: docker::Docker::new(host),
            podman: podman::Podman::new(host),
            kubernetes: kubernetes::Kubernetes::new(host),
        }
    }

    /// Begins a scan: what is asked for from now on is as current as this.
    pub(super) fn begin(&mut self) {
        self.docker.begin();
        self.podman.begin();
        self.kubernetes.begin();
    }

    /// Ends a scan: forgets what nobody has asked for, and tells how many files could not be read.
    pub(super) fn end(&mut self) -> u64 {
        self.docker.end() + self.podman.unreadable() + self.kubernetes.unreadable()
    }

    /// What Docker has written about a container. The id is one that the owner of a cgroup has been found to have:
    /// hexadecimal digits and nothing else.
    pub(super) fn docker(&mut self, id: &str) -> Option<&Container> {
        self.docker.container(id)
    }

    /// What Podman has written about a container.
    pub(super) fn podman(&mut self, id: &str) -> Option<&Container> {
        self.podman.container(id)
    }

    /// The namespace and the name of a pod.
    pub(super) fn pod(&mut self, uid: &str) -> Option<&kubernetes::Pod> {
        self.kubernetes.pod(uid)
    }

    /// The name of a container within its pod.
    pub(super) fn pod_container(&mut self, id: &str) -> Option<&str> {
        self.kubernetes.container(id)
    }
}

/// A file that is not there is no failure of reading.
fn is_unreadable(error: &std::io::Error) -> bool {
    error.kind() != std::io::ErrorKind::NotFound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sent_is_left_out() {
        let long = "v".repeat(VALUE_BYTES + 1);
        let container = Container::new(
            "a\0b",
            [("b", "2"), ("a", ""), ("", "x"), ("c\0", "x"), ("d", "\0"), ("e", long.as_str())],
        );
        assert_eq!(container.name, None);
        assert_eq!(container.labels, [(b"a".to_vec(), Vec::new()), (b"b".to_vec(), b"2".to_vec())]);
    }

    #[test]
    fn there_are_no_more_labels_than_agreed() {
        let labels = (0..LABELS * 2).map(|index| (format!("{index:03}"), String::new()));
        assert_eq!(Container::new("", labels).labels.len(), LABELS);
    }
}
