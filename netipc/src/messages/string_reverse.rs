//! STRING_REVERSE, method 3: a test method.

use crate::{WireMessage, WireString};

/// A string, which may contain NULs; the response carries its bytes in reverse order. Request and response look the
/// same.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = crate, method = 3, header = 8)]
pub struct StringReverse {
    /// The bytes.
    #[wire(at = 0, offset = 8)]
    pub text: WireString,
}
