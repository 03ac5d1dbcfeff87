//! Transport profiles and sets of them.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// A set of transport profiles: the bit mask of HELLO and `HELLO_ACK`.
///
/// Contract: `docs/contract/envelope.md`, "Negotiation".
///
/// ```
/// use netipc_transport::Profiles;
/// let offered = Profiles::BASELINE | Profiles::SHM_HYBRID;
/// assert!(offered.contains(Profiles::SHM_HYBRID));
/// assert_eq!(offered.highest(), Profiles::SHM_HYBRID);
/// assert!(offered.to_string().ends_with(" | SHM_HYBRID"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Profiles(u32);

impl Profiles {
    /// No profile.
    pub const NONE: Self = Self(0);
    /// Packets over a Unix domain socket of type `SOCK_SEQPACKET`.
    #[cfg(unix)]
    pub const UDS_SEQPACKET: Self = Self(0x01);
    /// Packets over a named pipe.
    #[cfg(windows)]
    pub const NAMED_PIPE: Self = Self(0x01);
    /// The profile that every peer of this platform has: `UDS_SEQPACKET` on POSIX, `NAMED_PIPE` on Windows.
    pub const BASELINE: Self = Self(0x01);
    /// Shared memory, waiting with a spin and then the kernel. Linux and Windows have it.
    pub const SHM_HYBRID: Self = Self(0x02);
    /// Shared memory, waiting with a spin that ends only when a message has come, and keeps a CPU busy meanwhile.
    #[cfg(windows)]
    pub const SHM_BUSYWAIT: Self = Self(0x04);

    /// What this build can carry: on a platform without shared memory the baseline alone (`docs/platforms.md`). Whatever
    /// else is configured is left out of what either side offers.
    ///
    /// On macOS it is the baseline too, though no session gets so far as to offer it: there are no sockets that carry it, so
    /// that listening and connecting fail.
    pub const CARRIED: Self = if cfg!(windows) {
        Self(0x07)
    } else if cfg!(target_os = "linux") {
        Self(0x03)
    } else {
        Self::BASELINE
    };

    /// What this platform calls the bits that it knows.
    const NAMES: &[(Self, &str)] = &[
        (Self::BASELINE, if cfg!(windows) { "NAMED_PIPE" } else { "UDS_SEQPACKET" }),
        (Self::SHM_HYBRID, "SHM_HYBRID"),
        #[cfg(windows)]
        (Self::SHM_BUSYWAIT, "SHM_BUSYWAIT"),
    ];

    /// The set with these bits, known and unknown ones.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits on the wire.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether there is no profile in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all profiles of `other` are in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The profiles that are in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The one profile with the highest bit; none of an empty set.
    #[must_use]
    pub const fn highest(self) -> Self {
        match self.0.checked_ilog2() {
            Some(bit) => Self(1 << bit),
            None => Self::NONE,
        }
    }

    /// Whether it is exactly one profile.
    #[must_use]
    pub const fn is_single(self) -> bool {
        self.0.is_power_of_two()
    }

    /// The profiles that are not in `other`.
    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What of a configured set goes into HELLO or `HELLO_ACK`: no configuration means the baseline, and what this
    /// build cannot carry is left out.
    #[must_use]
    pub(crate) const fn offered(self) -> Self {
        if self.is_empty() { Self::BASELINE } else { self.intersection(Self::CARRIED) }
    }
}

// As docs/platforms.md says, held wherever this is compiled.
#[cfg(windows)]
const _: () = assert!(
    Profiles::CARRIED.bits()
        == Profiles::NAMED_PIPE.bits() | Profiles::SHM_HYBRID.bits() | Profiles::SHM_BUSYWAIT.bits()
);
#[cfg(target_os = "linux")]
const _: () =
    assert!(Profiles::CARRIED.bits() == Profiles::UDS_SEQPACKET.bits() | Profiles::SHM_HYBRID.bits());
#[cfg(all(unix, not(target_os = "linux")))]
const _: () = assert!(Profiles::CARRIED.bits() == Profiles::UDS_SEQPACKET.bits());

impl BitOr for Profiles {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Profiles {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.intersection(other)
    }
}

impl fmt::Display for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut rest = *self;
        let mut separator = "";
        for &(profile, name) in Self::NAMES {
            if rest.contains(profile) {
                write!(f, "{separator}{name}")?;
                rest = Self(rest.0 & !profile.0);
                separator = " | ";
            }
        }
        if !rest.is_empty() {
            write!(f, "{separator}{:#x}", rest.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_none_is_none() {
        assert_eq!(Profiles::NONE.highest(), Profiles::NONE);
        assert_eq!(Profiles::from_bits(u32::MAX).highest().bits(), 0x8000_0000);
    }

    #[test]
    fn what_this_build_cannot_carry_is_not_offered() {
        let configured = Profiles::CARRIED | Profiles::from_bits(0x80);
        assert_eq!(configured.offered(), Profiles::CARRIED);
        assert_eq!(Profiles::from_bits(0x80).offered(), Profiles::NONE);
        assert_eq!(Profiles::NONE.offered(), Profiles::BASELINE);
    }

    #[test]
    fn display_names_known_bits_and_counts_the_others() {
        assert_eq!(Profiles::NONE.to_string(), "none");
        assert_eq!(Profiles::from_bits(0x18).to_string(), "0x18");
        let baseline = if cfg!(windows) { "NAMED_PIPE" } else { "UDS_SEQPACKET" };
        assert_eq!(Profiles::from_bits(0x09).to_string(), format!("{baseline} | 0x8"));
    }
}
