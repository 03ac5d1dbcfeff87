//! Hosts as systemd, container runtimes and hypervisors set them up: from the trees and files to what is said of each
//! cgroup and of a process in it.

use bstr::BStr;
use netipc::messages::Orchestrator::{self, Docker, K8s, Kvm, Lxc, Nspawn, Podman, Systemd, Unknown};

use super::*;
use crate::providers::fixture::Host;
use crate::providers::processes;

/// Ids of containers that something is written about, and of two that nothing is.
const DOCKER: &str = "d0c0456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const PODMAN: &str = "b0d0456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const IN_POD: &str = "c0c0456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHER: &str = "e0e0456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const ROOTLESS: &str = "f0f0456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// A pod that something is written about, and one that nothing is.
const POD: &str = "11112222-3333-4444-5555-666677778888";
const OTHER_POD: &str = "99992222-3333-4444-5555-666677778888";

/// What is written about containers and pods.
fn write_names(host: &Host) {
    host.file(
        &format!("var/lib/docker/containers/{DOCKER}/config.v2.json"),
        r#"{"Name":"/web","Config":{"Image":"nginx:1","Labels":{"app":"shop"}}}"#,
    );
    host.file(
        "var/lib/containers/storage/overlay-containers/containers.json",
        format!(r#"[{{"id":"{PODMAN}","names":["db"],"metadata":"{{\"image-name\":\"pg:16\"}}"}}]"#),
    );
    host.file(&format!("var/log/pods/shop_cart-5d_{POD}/cart/0.log"), "");
    host.file(&format!("var/log/containers/cart-5d_shop_cart-{IN_POD}.log"), "");
}

type Case = (String, Orchestrator, &'static str, Vec<String>);

fn case(path: impl Into<String>, orchestrator: Orchestrator, name: &'static str, labels: &[&str]) -> Case {
    (path.into(), orchestrator, name, labels.iter().map(|label| (*label).to_owned()).collect())
}

fn units() -> Vec<Case> {
    let user = "user.slice/user-1000.slice";
    vec![
        case("init.scope", Systemd, "init.scope", &[]),
        case("system.slice/ssh.service", Systemd, "ssh.service", &[]),
        case("system.slice/system-getty.slice/getty@tty1.service", Systemd, "getty@tty1.service", &[]),
        case(r"system.slice/dev-disk-by\x2duuid-1.swap", Systemd, "dev-disk-by-uuid-1.swap", &[]),
        case(user, Systemd, "user-1000.slice", &[]),
        case(format!("{user}/session-3.scope"), Systemd, "session-3.scope", &[]),
        case(
            format!("{user}/user@1000.service/app.slice/dbus.service"),
            Systemd,
            "user@1000.service/dbus.service",
            &[],
        ),
        case("batch", Unknown, "batch", &[]),
        case("batch/job-7", Unknown, "batch/job-7", &[]),
    ]
}

fn containers() -> Vec<Case> {
    let docker = ["app=shop", "image=nginx:1"];
    let user = "user.slice/user-1000.slice/user@1000.service/user.slice";
    vec![
        case(format!("docker/{OTHER}"), Docker, "e0e0456789ab", &[]),
        case(format!("system.slice/docker-{DOCKER}.scope"), Docker, "web", &docker),
        case(format!("system.slice/docker-{DOCKER}.scope/init.scope"), Docker, "web/init.scope", &docker),
        case(format!("machine.slice/libpod-{PODMAN}.scope"), Podman, "db", &["image=pg:16"]),
        case(
            format!("machine.slice/libpod-{PODMAN}.scope/container"),
            Podman,
            "db/container",
            &["image=pg:16"],
        ),
        case(
            format!("machine.slice/libpod-conmon-{PODMAN}.scope"),
            Systemd,
            "libpod-conmon-b0d0456789ab.scope",
            &[],
        ),
        case(format!("{user}/libpod-{ROOTLESS}.scope"), Podman, "f0f0456789ab", &[]),
        case("lxc/box", Lxc, "box", &[]),
        case("lxc.payload.can/init.scope", Lxc, "can/init.scope", &[]),
        case("lxc.monitor.can", Unknown, "lxc.monitor.can", &[]),
        case("machine.slice/machine-deb.scope/payload", Nspawn, "deb/payload", &[]),
        case("machine.slice/systemd-nspawn@arch.service", Nspawn, "arch", &[]),
        case(r"machine.slice/machine-qemu\x2d1\x2dmail.scope/libvirt", Kvm, "mail/libvirt", &[]),
        case("machine/qemu-2-dns.libvirt-qemu/vcpu0", Kvm, "dns/vcpu0", &[]),
        case("qemu.slice/100.scope", Kvm, "100", &[]),
    ]
}

/// Both of kubelet's ways to make cgroups, in the three classes of pods.
fn pods() -> Vec<Case> {
    let (pod, other) = (POD.replace('-', "_"), OTHER_POD.replace('-', "_"));
    let of_pod = ["namespace=shop", "pod=cart-5d", "pod_uid=11112222-3333-4444-5555-666677778888"];
    let of_container = [&of_pod[..], &["container=cart"]].concat();
    let of_other = ["pod_uid=99992222-3333-4444-5555-666677778888"];
    let slice = format!("kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{pod}.slice");
    let guaranteed = format!("kubepods.slice/kubepods-pod{other}.slice");
    vec![
        case("kubepods.slice/kubepods-burstable.slice", Systemd, "kubepods-burstable.slice", &[]),
        case(slice.clone(), K8s, "shop/cart-5d", &of_pod),
        case(format!("{slice}/cri-containerd-{IN_POD}.scope"), K8s, "shop/cart-5d/cart", &of_container),
        case(format!("{slice}/crio-{OTHER}.scope"), K8s, "shop/cart-5d/e0e0456789ab", &of_pod),
        case(guaranteed.clone(), K8s, "pod99992222", &of_other),
        case(
            format!("{guaranteed}/cri-containerd-{OTHER}.scope"),
            K8s,
            "pod99992222/e0e0456789ab",
            &of_other,
        ),
        case("kubepods/besteffort", Unknown, "kubepods/besteffort", &[]),
    ]
}

fn pods_without_systemd() -> Vec<Case> {
    let of_pod = ["namespace=shop", "pod=cart-5d", "pod_uid=11112222-3333-4444-5555-666677778888"];
    let of_container = [&of_pod[..], &["container=cart"]].concat();
    let of_other = ["pod_uid=99992222-3333-4444-5555-666677778888"];
    vec![
        case("kubepods/besteffort", Unknown, "kubepods/besteffort", &[]),
        case(format!("kubepods/besteffort/pod{POD}"), K8s, "shop/cart-5d", &of_pod),
        case(format!("kubepods/besteffort/pod{POD}/{IN_POD}"), K8s, "shop/cart-5d/cart", &of_container),
        case(format!("kubepods/pod{OTHER_POD}/{OTHER}"), K8s, "pod99992222/e0e0456789ab", &of_other),
    ]
}

/// Checks what a scan says of each path, and of a process that is there.
fn check(host: &Host, process: impl Fn(&str) -> String, cases: &[Case]) {
    write_names(host);
    for (pid, (path, ..)) in (100..).zip(cases) {
        host.cgroup(path);
        host.process(pid, "x", 1, 0, 1, &process(path));
    }
    let scan = Scanner::new(&host.root()).scan().expect("cgroups are mounted");
    assert_eq!((scan.unreadable, scan.left_out, scan.unreadable_names), (0, 0, 0));
    assert!(scan.systemd);
    let proc = host.path().join("proc");
    let (processes, _) = processes::scan(&proc, processes::PROCESSES).expect("it can be listed");
    for (process, (path, orchestrator, name, labels)) in processes.iter().zip(cases) {
        let Found::Cgroup(found) = scan.find(format!("/{path}").as_bytes()) else { panic!("{path}") };
        let text = |bytes: &[u8]| BStr::new(bytes).to_string();
        let found_labels: Vec<_> =
            found.labels.iter().map(|(key, value)| format!("{}={}", text(key), text(value))).collect();
        assert_eq!((found.orchestrator, text(&found.name).as_str()), (*orchestrator, *name), "{path}");
        assert_eq!(&found_labels, labels, "{path}");
        assert_eq!(found.enabled, 1, "{path}");
        assert_eq!(scan.find(&process.cgroup), Found::Cgroup(found), "{path}");
    }
    let mut names: Vec<_> = scan.cgroups.iter().map(|cgroup| &cgroup.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), scan.cgroups.len(), "no two have one name");
}

fn on_v2(cases: &[Case]) {
    check(&Host::new(), |path| format!("0::/{path}\n"), cases);
}

fn on_v1(cases: &[Case]) {
    let process =
        |path: &str| format!("3:memory:/{path}\n2:cpu,cpuacct:/{path}\n1:name=systemd:/{path}\n0::/\n");
    check(&Host::v1(), process, cases);
}

#[test]
fn units_of_systemd_and_of_users_have_their_names() {
    on_v2(&units());
    on_v1(&units());
}

#[test]
fn containers_and_machines_have_their_names() {
    on_v2(&containers());
    on_v1(&containers());
}

#[test]
fn pods_have_their_names_where_kubelet_leaves_cgroups_to_systemd() {
    on_v2(&pods());
    on_v1(&pods());
}

#[test]
fn pods_have_their_names_where_kubelet_makes_cgroups_itself() {
    let cases = [&units()[..1], &pods_without_systemd()].concat();
    on_v2(&cases);
    on_v1(&cases);
}

#[test]
fn a_v1_cgroup_is_shown_where_its_controllers_are() {
    let host = Host::v1();
    host.cgroup("batch");
    let scan = Scanner::new(&host.root()).scan().expect("cgroups are mounted");
    let Found::Cgroup(found) = scan.find(b"/batch") else { panic!("{scan:?}") };
    assert_eq!(BStr::new(&found.path), host.cgroup_path("cpu,cpuacct/batch"));
    assert_eq!(found.options, OPTION_V1);
    for tree in ["memory", "systemd"] {
        assert_eq!(scan.find(host.cgroup_path(&format!("{tree}/batch")).as_bytes()), Found::Cgroup(found));
    }
}
