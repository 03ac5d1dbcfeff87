//! The managed server. Contract: docs/contract/service.md, "Managed server".

mod answers;
mod batch;
mod capacity;
mod crowd;
#[cfg(unix)]
mod handed_over;
mod limits;
mod lookup;
mod stop;
