//! Listening: the endpoint of a service, and the sessions that come out of it.

mod accept;
mod adopt;
mod bind;
mod pending;

pub use accept::Listener;
