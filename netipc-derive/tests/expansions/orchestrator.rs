#[automatically_derived]
impl crate::__derive::WireEnum for Orchestrator {
    type Repr = u16;
    const ZERO: Self = Self::Unknown;
    const VARIANTS: &'static [(&'static str, u64)] = &[
        ("Unknown", 0),
        ("Systemd", 1),
        ("Docker", 2),
        ("K8s", 3),
        ("Kvm", 4),
        ("Lxc", 5),
        ("Podman", 6),
        ("Nspawn", 7),
    ];
    const CLOSED: bool = false;
    #[inline]
    fn from_wire(value: u16) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(
            match value {
                0 => Self::Unknown,
                1 => Self::Systemd,
                2 => Self::Docker,
                3 => Self::K8s,
                4 => Self::Kvm,
                5 => Self::Lxc,
                6 => Self::Podman,
                7 => Self::Nspawn,
                _ => Self::Other(value),
            },
        )
    }
    #[inline]
    fn to_wire(self) -> u16 {
        match self {
            Self::Unknown => 0,
            Self::Systemd => 1,
            Self::Docker => 2,
            Self::K8s => 3,
            Self::Kvm => 4,
            Self::Lxc => 5,
            Self::Podman => 6,
            Self::Nspawn => 7,
            Self::Other(value) => value,
        }
    }
}
