//! Shared memory, which there is none of yet: the profiles are never offered, and so never agreed.

use std::io;

use crate::{Agreed, CreateError, Endpoint, ListenOptions};

/// A region, which nobody has.
#[derive(Debug)]
pub(crate) enum Region {}

/// Makes no region.
pub(crate) fn create_region(
    endpoint: &Endpoint,
    _options: &ListenOptions,
    _agreed: &Agreed,
) -> Result<Region, CreateError> {
    let path = endpoint.run_dir().to_owned();
    Err(CreateError::Io { path, step: "CreateFileMapping", source: io::ErrorKind::Unsupported.into() })
}
