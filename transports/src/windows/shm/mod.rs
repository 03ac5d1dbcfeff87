//! Shared memory: the profiles SHM_HYBRID and SHM_BUSYWAIT.
//!
//! ```text
//! link ── region ─┬─ header    what lies where
//!                 └─ name
//! ```
//!
//! What is the same on Linux is in [`crate::shm`]; the calls of Windows are in [`super::sys`].
//!
//! Contract: `docs/contract/windows.md`, "Shared memory".

mod header;
mod link;
mod name;
mod region;

pub(super) use link::{Side, attached, served};
pub(crate) use region::Region;

use crate::{Agreed, CreateError, Endpoint, ListenOptions};

/// Makes the region of a session that was agreed.
pub(crate) fn create_region(
    endpoint: &Endpoint,
    options: &ListenOptions,
    agreed: &Agreed,
) -> Result<Region, CreateError> {
    Region::create(endpoint, options.auth_token, agreed)
}
