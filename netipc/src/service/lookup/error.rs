//! Why a lookup call failed.

use netipc_codec::EncodeError;

/// A lookup call failed as a whole, though its messages travelled well.
///
/// Contract: `docs/contract/service.md`, "Lookups".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// More keys than a call may have; nothing was sent.
    #[error("{keys} keys, a call may have {limit}; raise max_lookup_keys, or ask in parts")]
    TooManyKeys {
        /// Keys of the call.
        keys: usize,
        /// Keys that a call may have.
        limit: usize,
    },
    /// A key that cannot be one; nothing was sent.
    #[error("key {index} cannot be a key")]
    Key {
        /// Its position in the call.
        index: usize,
        /// What is wrong with it.
        source: EncodeError,
    },
    /// The keys are valid, and their request is not.
    #[error("the request for the keys cannot be encoded")]
    Request {
        /// What is wrong with it.
        source: EncodeError,
    },
    /// The call takes more messages than it may.
    #[error(
        "the call takes more than {limit} messages; raise max_lookup_messages, or the limits of a message"
    )]
    TooManyMessages {
        /// Messages that a call may take.
        limit: usize,
    },
    /// All items together are larger than they may be.
    #[error("the items together have {bytes} bytes and more, {limit} are allowed; raise max_lookup_bytes")]
    TooLarge {
        /// Bytes that they have at least.
        bytes: usize,
        /// Bytes that they may have.
        limit: usize,
    },
    /// A response has another number of items than its request had keys.
    #[error("{found} items came for {expected} keys")]
    WrongItemCount {
        /// Keys of the request.
        expected: usize,
        /// Items of the response.
        found: usize,
    },
    /// An item does not echo the key that it answers.
    #[error("the item for key {index} echoes another one")]
    WrongEcho {
        /// The position of the key in the call.
        index: usize,
    },
    /// An item is there behind one for which the response had no room any more.
    #[error("the response was full before key {index}, and yet has an item for it")]
    NotExceeded {
        /// The position of the key in the call.
        index: usize,
    },
    /// The provider's knowledge has changed between the messages of the call.
    #[error("`{field}` has changed between the messages of the call")]
    GenerationChanged {
        /// The field of the response that has.
        field: &'static str,
    },
    /// The provider has no room for one item, and does not say that it never will.
    #[error("the provider gives no item for key {index}, although that was all it was asked for")]
    NoProgress {
        /// The position of the key in the call.
        index: usize,
    },
}

impl LookupError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::GenerationChanged { .. })
    }
}
