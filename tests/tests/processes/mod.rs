//! One file for each topic; each test runs in every profile, with one provider process for all of them where it can.

mod cache;
mod client;
mod failures;
mod growth;
mod lookup;
pub(crate) mod part;
mod process;
mod provider;
mod scene;
mod server;
