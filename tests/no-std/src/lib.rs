//! The contract's messages on the codec alone, without std: that this compiles for `x86_64-unknown-none` is the test.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

// What the messages expect of the crate that they are in.
pub use netipc_codec::{__derive, WireEnum, WireMessage, WireString};

#[path = "../../../netipc/src/messages/mod.rs"]
pub mod messages;

/// Decodes a list and copies it out.
///
/// # Errors
/// The first rule that the bytes break.
pub fn snapshot(bytes: &[u8]) -> Result<messages::CgroupsSnapshot, netipc_codec::DecodeError> {
    messages::CgroupsSnapshot::decode(bytes).map(|view| view.to_owned())
}
