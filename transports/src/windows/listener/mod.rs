//! Listening: the pipe of a service, and the sessions that come out of it.

mod accept;
mod instance;
mod pending;

pub use accept::Listener;
