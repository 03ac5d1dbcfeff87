//! The managed server. Contract: docs/contract/service.md, "Managed server".

mod common;

#[path = "server/answers.rs"]
mod answers;
#[path = "server/crowd.rs"]
mod crowd;
#[path = "server/lookup.rs"]
mod lookup;
#[path = "server/stop.rs"]
mod stop;
