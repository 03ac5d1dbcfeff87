//! Labels, which the items of both lookups carry.

use crate::{WireMessage, WireString};

/// A label: a key and its value.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = crate, header = 16, row)]
pub struct Label {
    /// The key; never empty.
    #[wire(at = 0, min = 1)]
    pub key: WireString,
    /// The value; may be empty.
    #[wire(at = 8)]
    pub value: WireString,
}
