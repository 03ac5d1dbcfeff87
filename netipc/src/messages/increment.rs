//! INCREMENT, method 1: a test and benchmark method.

use crate::WireMessage;

/// A number; the response carries the request's + 1, wrapping. Request and response look the same.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = crate, method = 1, header = 8)]
pub struct Increment {
    /// The number.
    #[wire(at = 0)]
    pub value: u64,
}
