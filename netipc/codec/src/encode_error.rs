//! Why a value was not encoded.

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
}
