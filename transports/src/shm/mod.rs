//! Shared memory: what all platforms that have it share, and the errors, which all platforms know.

mod error;

pub use error::{AttachError, CreateError, RegionFault};
