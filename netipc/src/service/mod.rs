//! Level 2: typed clients and managed servers. Composes Level 1 and the codec, generic over messages.
//!
//! Contract: `docs/contract/service.md`.

mod client;
mod events;
mod lookup;
mod server;

pub use client::{
    CallError, Client, ClientConfig, ClientState, ClientStatus, Responses, ResponsesIter, Side,
};
pub use lookup::LookupError;
pub use server::{Context, Drained, HandlerResult, Server, ServerConfig, ServerStatus};
