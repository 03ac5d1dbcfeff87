//! Why a value was not encoded.

use crate::DecodeError;

/// A value does not become a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// It does not fit: into the buffer, or into what u32 offsets can address.
    #[error("overflow: {needed} bytes are needed, {available} are there")]
    Overflow {
        /// Bytes that it takes; of a builder, at least as many.
        needed: usize,
        /// Bytes that there are.
        available: usize,
    },
    /// It breaks a rule of the layout, so that no peer would accept it.
    #[error("a rule of the message is broken")]
    Rule(
        #[from]
        #[source]
        DecodeError,
    ),
    /// More rows than the count in the header can tell.
    #[error("`{field}` has {found} rows, {max} at most can be counted")]
    TooManyRows {
        /// The table.
        field: &'static str,
        /// Rows that there are.
        found: usize,
        /// Rows that can be counted.
        max: usize,
    },
    /// A response has another number of items than its request has keys.
    #[error("{found} items for {expected} keys")]
    ItemCount {
        /// Keys of the request.
        expected: usize,
        /// Items of the response.
        found: usize,
    },
    /// An item of a response does not echo the key that it answers.
    #[error("item {index} does not echo key {index}")]
    WrongEcho {
        /// The item.
        index: usize,
    },
}
