//! What the handler knows.

use super::Mix;

/// A cgroup, or a process in it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whether the handler knows it.
    pub known: bool,
    /// Path of the cgroup.
    pub path: Vec<u8>,
    /// Its name.
    pub name: Vec<u8>,
    /// Name of the process.
    pub comm: Vec<u8>,
    /// Labels: key and value.
    pub labels: Vec<(Vec<u8>, Vec<u8>)>,
}

/// So many, with so many labels each.
#[must_use]
pub fn entries(count: usize, labels: usize, mix: Mix) -> Vec<Entry> {
    let entry = |index| Entry {
        known: mix.knows(index),
        path: format!("/sys/fs/cgroup/system.slice/docker-{index:012x}.scope").into(),
        name: format!("container-{index}").into(),
        comm: format!("worker{}", index % 1_000).into(),
        labels: [("image", "registry/app:1.2"), ("namespace", "production")][..labels]
            .iter()
            .map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()))
            .collect(),
    };
    (0..count).map(entry).collect()
}
