//! The typed client: states, retry, deadlines, abort. Contract: docs/contract/service.md, "Client".

mod common;

#[path = "client/abort.rs"]
mod abort;
#[path = "client/failures.rs"]
mod failures;
#[path = "client/retry.rs"]
mod retry;
#[path = "client/states.rs"]
mod states;
