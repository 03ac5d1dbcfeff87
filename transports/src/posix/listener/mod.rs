//! Listening: the endpoint of a service, and the sessions that come out of it.

mod accept;
mod adopt;
mod bind;
mod error;
mod pending;
mod terms;

pub use accept::Listener;
pub use error::{AcceptError, ListenError, Misfit};
