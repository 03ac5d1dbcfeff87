//! What people call a cgroup, who runs it, and its labels.

use netipc::messages::Orchestrator;

use super::name::{self, readable, short_id, with_short_ids};
use super::owner::{self, Owner};
use super::runtimes::{Container, Label, Runtimes};

/// All that is known of a cgroup beside its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) orchestrator: Orchestrator,
    pub(super) name: Vec<u8>,
    pub(super) labels: Vec<Label>,
}

/// Identifies the cgroup of this path below its mount point.
///
/// | path | name |
/// |---|---|
/// | `/system.slice/ssh.service` | `ssh.service` |
/// | `/docker/<id>` of a container `web` | `web` |
/// | `/docker/<id>` of one that nothing is known of | the id's first 12 digits |
/// | `/kubepods/pod<uid>/<id>` | `namespace/pod/container` |
/// | `/machine.slice/machine-qemu\x2d1\x2dweb.scope/libvirt` | `web/libvirt` |
pub(super) fn identify(path: &[u8], runtimes: &mut Runtimes) -> Identity {
    let Some((owner, rest)) = owner::find(path) else {
        let unit = path.split(|byte| *byte == b'/').any(name::is_unit);
        return Identity {
            orchestrator: if unit { Orchestrator::Systemd } else { Orchestrator::Unknown },
            name: with_short_ids(&readable(path)),
            labels: Vec::new(),
        };
    };
    let mut identity = match owner {
        Owner::Docker(id) => container(Orchestrator::Docker, id, runtimes.docker(id)),
        Owner::Podman(id) => container(Orchestrator::Podman, id, runtimes.podman(id)),
        Owner::Kubernetes { pod, container } => in_pod(&pod, container, runtimes),
        Owner::Kvm(name) => named(Orchestrator::Kvm, name),
        Owner::Lxc(name) => named(Orchestrator::Lxc, name),
        Owner::Nspawn(name) => named(Orchestrator::Nspawn, name),
    };
    let rest = with_short_ids(&readable(rest));
    if !rest.is_empty() {
        identity.name.push(b'/');
        identity.name.extend_from_slice(&rest);
    }
    identity
}

fn named(orchestrator: Orchestrator, name: Vec<u8>) -> Identity {
    Identity { orchestrator, name, labels: Vec::new() }
}

fn container(orchestrator: Orchestrator, id: &str, known: Option<&Container>) -> Identity {
    let name = known.and_then(|known| known.name.as_deref());
    Identity {
        orchestrator,
        name: name.map_or(short_id(id.as_bytes()), str::as_bytes).to_vec(),
        labels: known.map(|known| known.labels.clone()).unwrap_or_default(),
    }
}

fn in_pod(uid: &str, id: Option<&str>, runtimes: &mut Runtimes) -> Identity {
    let mut labels: Vec<Label> = Vec::new();
    let mut label = |key: &str, value: &str| labels.push((key.into(), value.into()));
    let mut name = match runtimes.pod(uid) {
        Some(pod) => {
            label("namespace", &pod.namespace);
            label("pod", &pod.name);
            format!("{}/{}", pod.namespace, pod.name)
        }
        // Its first part tells a pod from its neighbours.
        None => format!("pod{}", uid.get(..8).unwrap_or(uid)),
    };
    label("pod_uid", uid);
    if let Some(id) = id {
        name.push('/');
        match runtimes.pod_container(id) {
            Some(container) => {
                label("container", container);
                name.push_str(container);
            }
            None => name.push_str(id.get(..12).unwrap_or(id)),
        }
    }
    Identity { orchestrator: Orchestrator::K8s, name: name.into_bytes(), labels }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use bstr::BStr;
    use tempfile::TempDir;

    use super::*;
    use crate::providers::host::HostRoot;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const UID: &str = "11112222-3333-4444-5555-666677778888";

    struct Host(TempDir);

    impl Host {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary directory"))
        }

        fn file(&self, path: &str, content: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            fs::write(path, content).expect("a file");
        }

        /// Orchestrator, name, and labels as `key=value`.
        fn identity(&self, path: &str) -> (Orchestrator, String, Vec<String>) {
            let mut runtimes = Runtimes::new(&HostRoot::new(self.0.path()));
            let found = identify(path.as_bytes(), &mut runtimes);
            let text = |bytes: &[u8]| BStr::new(bytes).to_string();
            let labels = found.labels.iter().map(|(key, value)| format!("{}={}", text(key), text(value)));
            (found.orchestrator, text(&found.name), labels.collect())
        }

        fn name(&self, path: &str) -> (Orchestrator, String) {
            let (orchestrator, name, _) = self.identity(path);
            (orchestrator, name)
        }
    }

    #[test]
    fn a_docker_container_has_the_name_and_labels_that_docker_knows() {
        let host = Host::new();
        let path = format!("/system.slice/docker-{ID}.scope");
        assert_eq!(host.name(&path), (Orchestrator::Docker, "0123456789ab".to_owned()));
        host.file(
            &format!("var/lib/docker/containers/{ID}/config.v2.json"),
            r#"{"Name":"/web","Config":{"Image":"nginx:1","Labels":{"app":"shop"}}}"#,
        );
        let labels = vec!["app=shop".to_owned(), "image=nginx:1".to_owned()];
        assert_eq!(host.identity(&path), (Orchestrator::Docker, "web".to_owned(), labels));
        let below = format!("/docker/{ID}/system.slice/ssh.service");
        assert_eq!(host.name(&below), (Orchestrator::Docker, "web/ssh.service".to_owned()));
    }

    #[test]
    fn a_podman_container_has_the_name_that_podman_knows() {
        let host = Host::new();
        host.file(
            "var/lib/containers/storage/overlay-containers/containers.json",
            &format!(r#"[{{"id":"{ID}","names":["db"]}}]"#),
        );
        let path = format!("/machine.slice/libpod-{ID}.scope/container");
        assert_eq!(host.name(&path), (Orchestrator::Podman, "db/container".to_owned()));
    }

    #[test]
    fn a_pod_has_its_namespace_and_a_container_its_pod() {
        let host = Host::new();
        let pod = format!("/kubepods/pod{UID}");
        let container = format!("{pod}/{ID}");
        assert_eq!(host.name(&container), (Orchestrator::K8s, "pod11112222/0123456789ab".to_owned()));
        host.file(&format!("var/log/pods/shop_web_{UID}/x"), "");
        host.file(&format!("var/log/containers/web_shop_nginx-{ID}.log"), "");
        assert_eq!(host.name(&pod), (Orchestrator::K8s, "shop/web".to_owned()));
        let (_, name, labels) = host.identity(&container);
        assert_eq!(name, "shop/web/nginx");
        let uid = format!("pod_uid={UID}");
        assert_eq!(labels, ["namespace=shop", "pod=web", uid.as_str(), "container=nginx"]);
    }

    #[test]
    fn machines_have_their_names() {
        let host = Host::new();
        assert_eq!(
            host.name(r"/machine.slice/machine-qemu\x2d1\x2dweb.scope/libvirt"),
            (Orchestrator::Kvm, "web/libvirt".to_owned())
        );
        assert_eq!(host.name("/lxc/box"), (Orchestrator::Lxc, "box".to_owned()));
        assert_eq!(host.name("/machine.slice/machine-deb.scope"), (Orchestrator::Nspawn, "deb".to_owned()));
    }

    #[test]
    fn everything_else_has_its_unit_or_its_path() {
        let host = Host::new();
        assert_eq!(host.name("/system.slice/ssh.service"), (Orchestrator::Systemd, "ssh.service".to_owned()));
        let path = format!("/pool/{ID}");
        assert_eq!(host.name(&path), (Orchestrator::Unknown, "pool/0123456789ab".to_owned()));
    }
}
