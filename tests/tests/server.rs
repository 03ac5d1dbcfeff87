//! The managed server. Contract: docs/contract/service.md, "Managed server".

mod common;

#[path = "server/answers.rs"]
mod answers;
#[path = "server/batch.rs"]
mod batch;
#[path = "server/crowd.rs"]
mod crowd;
#[path = "server/limits.rs"]
mod limits;
#[path = "server/lookup.rs"]
mod lookup;
#[path = "server/stop.rs"]
mod stop;
