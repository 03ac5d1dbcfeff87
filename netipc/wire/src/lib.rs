//! What the envelope (Level 1) and the codec of netipc both need, each fact once: spans, alignment, and the one
//! validator and writer of directories.
//!
//! Contract: `docs/contract/envelope.md` (batch directory), `docs/contract/codec.md` (directories, error classes).
//!
//! Nothing here does I/O or allocates, and nothing panics.
#![no_std]
#![forbid(unsafe_code)]

mod align;
mod class;
mod directory;
mod span;

pub use align::{ITEM_ALIGN, align_up, padding};
pub use class::Class;
pub use directory::{
    Directory, DirectoryError, DirectoryFault, DirectoryIter, DirectoryRules, Order, write_directory,
};
pub use span::{SPAN_LEN, Span};
pub use zerocopy;
