//! How a check says that it failed.
//!
//! Nearly all bytes and values are sound, so checks are made twice where they fail: first without asking why, which
//! leaves a comparison and a branch of each, then once more for the error.

use crate::{DecodeError, EncodeError};

/// What a check gives when it fails: an error that says why, or merely that something is wrong.
pub trait Fault: Sized {
    /// The fault, which `why` explains to those who want to know.
    fn because(why: impl FnOnce() -> DecodeError) -> Self;
}

/// What encoding gives when it fails, likewise.
pub trait EncodeFault: Fault + From<EncodeError> {}

/// Something is wrong; what it is, another pass tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken;

impl Fault for Broken {
    #[inline]
    fn because(_: impl FnOnce() -> DecodeError) -> Self {
        core::hint::cold_path();
        Self
    }
}

impl From<EncodeError> for Broken {
    #[inline]
    fn from(_: EncodeError) -> Self {
        core::hint::cold_path();
        Self
    }
}

impl EncodeFault for Broken {}

impl Fault for DecodeError {
    #[inline]
    fn because(why: impl FnOnce() -> DecodeError) -> Self {
        why()
    }
}

impl Fault for EncodeError {
    #[inline]
    fn because(why: impl FnOnce() -> DecodeError) -> Self {
        why().into()
    }
}

impl EncodeFault for EncodeError {}
