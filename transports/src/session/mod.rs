//! Sessions: whole messages in both directions, within the agreed limits.
//!
//! Contract: `docs/contract/transport.md`.

mod channel;
mod client;
mod connecting;
mod error;
mod handle;
mod message;
mod server;

pub use client::ClientSession;
pub use connecting::{Connecting, Progress};
pub use error::{Limit, ReceiveError, SendError, Violation};
pub use handle::SessionHandle;
pub use message::Message;
pub use server::ServerSession;
