//! The typed client: states, retry, deadlines, abort. Contract: docs/contract/service.md, "Client".

mod abort;
mod bare;
mod batch;
mod deadlines;
mod deployed;
mod failures;
mod growth;
mod lookup;
mod rejections;
mod retry;
mod states;
