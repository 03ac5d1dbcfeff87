//! The typed client: states, retry, deadlines, abort. Contract: docs/contract/service.md, "Client".

mod common;

#[path = "client/abort.rs"]
mod abort;
#[path = "client/batch.rs"]
mod batch;
#[path = "client/deployed.rs"]
mod deployed;
#[path = "client/failures.rs"]
mod failures;
#[path = "client/growth.rs"]
mod growth;
#[path = "client/lookup.rs"]
mod lookup;
#[path = "client/retry.rs"]
mod retry;
#[path = "client/states.rs"]
mod states;
