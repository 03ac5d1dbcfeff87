//! Typed request/response between the processes of one host.
#![forbid(unsafe_code)]

pub mod messages;

pub use netipc_codec as codec;
pub use netipc_codec::{DecodeError, Encode, EncodeError, MessageBuilder, WireMessage, WireString};
pub use netipc_transport as transport;

#[doc(hidden)]
pub use netipc_codec::__derive;
