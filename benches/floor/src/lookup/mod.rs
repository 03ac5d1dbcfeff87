//! A round of a lookup, without I/O: the request is encoded, a handler decodes it and answers through a builder, the
//! response is decoded and every field of it read.

pub mod apps;
pub mod cgroups;
pub mod data;
mod floor;

/// Whether what the handler is asked for is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// All of it.
    Known,
    /// None of it.
    Unknown,
    /// Every other one.
    Mixed,
}

impl Mix {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 3] =
        [("known", Self::Known), ("unknown", Self::Unknown), ("mixed", Self::Mixed)];

    fn knows(self, index: usize) -> bool {
        match self {
            Self::Known => true,
            Self::Unknown => false,
            Self::Mixed => index.is_multiple_of(2),
        }
    }
}

/// The numbers of items that are measured.
pub const ITEMS: [usize; 4] = [1, 16, 256, 8192];

/// Adds up what was read, so that none of it is left out.
fn sum(text: &[u8]) -> u64 {
    text.len() as u64 + u64::from(text.first().copied().unwrap_or_default())
}
