//! What runs a cgroup.

use crate::WireEnum;

/// What runs a cgroup. Values that are not listed are handed on as they are.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[wire(crate = crate, open)]
pub enum Orchestrator {
    /// Nothing that is known.
    Unknown = 0,
    /// A systemd unit.
    Systemd = 1,
    /// Docker.
    Docker = 2,
    /// Kubernetes.
    K8s = 3,
    /// A virtual machine of KVM.
    Kvm = 4,
    /// LXC.
    Lxc = 5,
    /// Podman.
    Podman = 6,
    /// systemd-nspawn.
    Nspawn = 7,
    /// Another one.
    #[wire(other)]
    Other(u16),
}
