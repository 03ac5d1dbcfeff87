//! What runs a cgroup, as its path tells.

use bstr::ByteSlice;

use super::name;

/// What the outermost part of a path that belongs to a container or a virtual machine says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// A container of Docker.
    Docker(&'a str),
    /// A container of Podman.
    Podman(&'a str),
    /// A pod of Kubernetes by its UID, and the container in it.
    Kubernetes {
        /// With hyphens, as Kubernetes writes it.
        pod: String,
        /// The pod itself has none.
        container: Option<&'a str>,
    },
    /// A virtual machine by its name.
    Kvm(Vec<u8>),
    /// A container of LXC by its name.
    Lxc(Vec<u8>),
    /// A container of systemd-nspawn by its name.
    Nspawn(Vec<u8>),
}

/// Finds what runs a cgroup; with it comes the rest of the path, which lies within the container or machine.
///
/// | part of a path | owner |
/// |---|---|
/// | `docker/<id>`, `docker-<id>.scope` | Docker |
/// | `libpod-<id>`, `libpod-<id>.scope` | Podman |
/// | `kubepods…/pod<uid>/<id>`, `kubepods…-pod<uid>.slice/<runtime>-<id>.scope` | Kubernetes |
/// | `machine-qemu\x2d<n>\x2d<name>.scope`, `<name>.libvirt-qemu`, `qemu.slice/<name>.scope` | KVM |
/// | `lxc/<name>`, `lxc.payload/<name>`, `lxc.payload.<name>`, `machine-lxc\x2d<n>\x2d<name>.scope`, `<name>.libvirt-lxc` | LXC |
/// | `machine-<name>.scope`, `systemd-nspawn@<name>.service` | nspawn |
///
/// An id has 64 hexadecimal digits. Anybody who may make a cgroup may call it so; it is a name and no proof.
pub(super) fn find(path: &[u8]) -> Option<(Owner<'_>, &[u8])> {
    let mut before: &[u8] = b"";
    let mut in_kubepods = false;
    let mut rest = path;
    while !rest.is_empty() {
        let (part, after) = split(rest);
        in_kubepods |= part.contains_str("kubepods");
        if in_kubepods {
            if let Some(pod) = pod_uid(part) {
                let (child, below) = split(after);
                let container = container_id(child);
                let rest = if container.is_some() { below } else { after };
                return Some((Owner::Kubernetes { pod, container }, rest));
            }
        } else if let Some(owner) = by_part(before, part) {
            return Some((owner, after));
        }
        (before, rest) = (part, after);
    }
    None
}

/// The first part of a path, and what is behind it.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let path = &path[path.iter().take_while(|byte| **byte == b'/').count()..];
    path.split_once_str("/").unwrap_or((path, b""))
}

fn by_part<'a>(before: &[u8], part: &'a [u8]) -> Option<Owner<'a>> {
    let scope = part.strip_suffix(b".scope");
    match before {
        b"docker" => {
            if let Some(id) = id(part) {
                return Some(Owner::Docker(id));
            }
        }
        b"lxc" | b"lxc.payload" if !part.is_empty() => return Some(Owner::Lxc(part.to_vec())),
        b"qemu.slice" => {
            if let Some(name) = scope.filter(|name| !name.is_empty()) {
                return Some(Owner::Kvm(name::unescaped(name)));
            }
        }
        _ => {}
    }
    if let Some(id) = scope.and_then(|part| id(part.strip_prefix(b"docker-")?)) {
        return Some(Owner::Docker(id));
    }
    if let Some(id) = scope.unwrap_or(part).strip_prefix(b"libpod-").and_then(id) {
        return Some(Owner::Podman(id));
    }
    let named = |name: &[u8]| Some(name::unescaped(name)).filter(|name| !name.is_empty());
    if let Some(name) = part.strip_prefix(b"lxc.payload.") {
        return named(name).map(Owner::Lxc);
    }
    if let Some(name) = part.strip_suffix(b".libvirt-qemu") {
        return named(name).map(|name| Owner::Kvm(without_number(&name, b"qemu-").unwrap_or(name)));
    }
    if let Some(name) = part.strip_suffix(b".libvirt-lxc") {
        return named(name).map(|name| Owner::Lxc(without_number(&name, b"lxc-").unwrap_or(name)));
    }
    if let Some(name) = part.strip_prefix(b"systemd-nspawn@").and_then(|part| part.strip_suffix(b".service"))
    {
        return named(name).map(Owner::Nspawn);
    }
    let machine = named(scope?.strip_prefix(b"machine-")?)?;
    Some(if let Some(name) = without_number(&machine, b"qemu-") {
        Owner::Kvm(name)
    } else if let Some(name) = without_number(&machine, b"lxc-") {
        Owner::Lxc(name)
    } else {
        Owner::Nspawn(machine)
    })
}

/// What stands behind `prefix` and a number, as libvirt numbers what it starts.
fn without_number(name: &[u8], prefix: &[u8]) -> Option<Vec<u8>> {
    let (number, name) = name.strip_prefix(prefix)?.split_once_str("-")?;
    let numbered = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    (numbered && !name.is_empty()).then(|| name.to_vec())
}

/// `part` as the id of a container.
fn id(part: &[u8]) -> Option<&str> {
    (part.len() == 64 && part.iter().all(u8::is_ascii_hexdigit)).then_some(part)?.to_str().ok()
}

/// The id of a container in a pod: alone, or behind the name of its runtime.
fn container_id(part: &[u8]) -> Option<&str> {
    match part.strip_suffix(b".scope") {
        None => id(part),
        Some(scope) => {
            let (runtime, last) = scope.rsplit_once_str("-")?;
            // The monitor of a container is not the container.
            if runtime.ends_with(b"-conmon") { None } else { id(last) }
        }
    }
}

/// The UID in the name of a pod's cgroup, in either way that kubelet writes it; systemd's has no hyphens to spare.
fn pod_uid(part: &[u8]) -> Option<String> {
    let uid = match part.strip_suffix(b".slice") {
        Some(slice) => slice.rsplit_once_str("-pod")?.1,
        None => part.strip_prefix(b"pod")?,
    };
    let plain = uid.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'_'));
    // 32 digits, with four hyphens or, where it is the hash of a manifest, without.
    (plain && matches!(uid.len(), 32 | 36)).then_some(uid)?.to_str().ok().map(|uid| uid.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const UID: &str = "11112222-3333-4444-5555-666677778888";

    /// The owner, and the rest of the path.
    fn found(path: &str) -> (Owner<'_>, &str) {
        let (owner, rest) = find(path.as_bytes()).unwrap_or_else(|| panic!("{path} has an owner"));
        (owner, std::str::from_utf8(rest).expect("a part of a text"))
    }

    #[test]
    fn docker_is_known_under_either_cgroup_driver() {
        assert_eq!(found(&format!("/docker/{ID}")), (Owner::Docker(ID), ""));
        assert_eq!(found(&format!("/system.slice/docker-{ID}.scope")), (Owner::Docker(ID), ""));
        assert_eq!(found(&format!("/docker/{ID}/init.scope/x")), (Owner::Docker(ID), "init.scope/x"));
    }

    #[test]
    fn podman_is_known_and_its_monitor_is_not_the_container() {
        assert_eq!(found(&format!("/machine.slice/libpod-{ID}.scope")), (Owner::Podman(ID), ""));
        assert_eq!(found(&format!("/libpod_parent/libpod-{ID}")), (Owner::Podman(ID), ""));
        assert_eq!(
            found(&format!("/machine.slice/libpod-{ID}.scope/container")),
            (Owner::Podman(ID), "container")
        );
        assert_eq!(find(format!("/machine.slice/libpod-conmon-{ID}.scope").as_bytes()), None);
    }

    #[test]
    fn kubernetes_is_known_under_either_cgroup_driver() {
        let pod = |container| Owner::Kubernetes { pod: UID.to_owned(), container };
        let escaped = UID.replace('-', "_");
        let slice = format!("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{escaped}.slice");
        assert_eq!(found(&slice), (pod(None), ""));
        for runtime in ["cri-containerd", "crio", "docker"] {
            let path = format!("{slice}/{runtime}-{ID}.scope");
            assert_eq!(found(&path), (pod(Some(ID)), ""));
        }
        assert_eq!(found(&format!("/kubepods/besteffort/pod{UID}/{ID}/a")), (pod(Some(ID)), "a"));
        let monitor = format!("crio-conmon-{ID}.scope");
        assert_eq!(found(&format!("{slice}/{monitor}")), (pod(None), monitor.as_str()));
        assert_eq!(find(b"/kubepods.slice/kubepods-burstable.slice"), None);
    }

    #[test]
    fn a_static_pod_has_a_uid_without_hyphens() {
        let uid = "0123456789abcdef0123456789abcdef";
        let path = format!("/kubepods/pod{uid}");
        assert_eq!(found(&path).0, Owner::Kubernetes { pod: uid.to_owned(), container: None });
    }

    #[test]
    fn libvirt_numbers_its_machines() {
        let kvm = |name: &str| Owner::Kvm(name.into());
        assert_eq!(
            found(r"/machine.slice/machine-qemu\x2d1\x2dweb\x2d2.scope/libvirt/emulator"),
            (kvm("web-2"), "libvirt/emulator")
        );
        assert_eq!(found("/machine/qemu-3-web.libvirt-qemu").0, kvm("web"));
        assert_eq!(found("/machine/web.libvirt-qemu").0, kvm("web"));
        assert_eq!(found("/qemu.slice/100.scope").0, kvm("100"));
        assert_eq!(found(r"/machine.slice/machine-lxc\x2d7\x2dbox.scope").0, Owner::Lxc("box".into()));
        assert_eq!(found("/machine/lxc-7-box.libvirt-lxc").0, Owner::Lxc("box".into()));
    }

    #[test]
    fn lxc_and_nspawn_have_names() {
        assert_eq!(found("/lxc/box/ns").0, Owner::Lxc("box".into()));
        assert_eq!(found("/lxc.payload/box").0, Owner::Lxc("box".into()));
        assert_eq!(found("/lxc.payload.box/init.scope"), (Owner::Lxc("box".into()), "init.scope"));
        assert_eq!(found("/machine.slice/machine-deb.scope").0, Owner::Nspawn("deb".into()));
        assert_eq!(found("/machine.slice/systemd-nspawn@deb.service/payload").0, Owner::Nspawn("deb".into()));
    }

    #[test]
    fn the_outermost_container_owns_what_is_in_it() {
        let path = format!("/lxc.payload.box/docker/{ID}");
        assert_eq!(found(&path), (Owner::Lxc("box".into()), &path["/lxc.payload.box/".len()..]));
    }

    #[test]
    fn what_only_looks_like_a_container_has_no_owner() {
        let short = &ID[1..];
        for path in [
            format!("/docker/{short}"),
            format!("/docker/{short}g"),
            format!("/docker-{short}.scope"),
            "/docker".to_owned(),
            "/lxc".to_owned(),
            "/lxc/".to_owned(),
            "/machine.slice".to_owned(),
            "/machine-.scope".to_owned(),
            "/.libvirt-qemu".to_owned(),
            "/system.slice/ssh.service".to_owned(),
            format!("/pod{UID}"),
            "/kubepods/pod../../../../etc/passwd-------------".to_owned(),
        ] {
            assert_eq!(find(path.as_bytes()), None, "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_is_looked_at_without_a_panic(path: Vec<u8>, parts in "[/.a-z0-9\\\\-]{0,80}") {
            find(&path);
            find(format!("/kubepods/machine-{parts}").as_bytes());
            find(parts.as_bytes());
        }
    }
}
