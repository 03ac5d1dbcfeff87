//! The codec of netipc: payload bytes to typed views, typed values to payload bytes.
//!
//! Pure bytes: no I/O, no headers of the envelope, no allocation on decode. A message is a plain struct with
//! `#[derive(WireMessage)]`, which implements [`WireMessage`] and makes, beside the struct, a borrowed view, a
//! borrowed input and a builder. This crate holds what that generated code stands on.
//!
//! Contract: `docs/contract/codec.md`.
//!
//! ```
//! use netipc_codec::{Encode, WireMessage, WireString};
//!
//! /// A greeting.
//! #[derive(WireMessage, Debug, PartialEq)]
//! #[wire(crate = netipc_codec, header = 16, constant(layout_version: u16 = 1, at = 0), reserved(at = 2, len = 2))]
//! pub struct Greeting {
//!     #[wire(at = 4)]
//!     pub times: u32,
//!     #[wire(at = 8)]
//!     pub text: WireString,
//! }
//!
//! let greeting = Greeting { times: 3, text: "hello".into() };
//! let mut bytes = vec![0; greeting.encoded_len()];
//! greeting.encode(&mut bytes)?;
//!
//! let view = Greeting::decode(&bytes)?;
//! assert_eq!(view.times(), 3);
//! assert_eq!(view.text(), "hello");
//! assert_eq!(view.to_owned(), greeting);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Panics
//!
//! Nothing in this crate panics, whatever the bytes.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod build;
mod check;
mod decode_error;
mod directory;
mod display;
mod encode_error;
mod encoded;
mod fault;
mod items;
mod layout;
mod lookup;
mod message;
mod method;
mod rows;
mod snapshot;
mod text;
mod wire_enum;

pub use build::{ItemsBuilder, StringsBuilder};
pub use decode_error::{DecodeError, Rule};
pub use encode_error::EncodeError;
pub use encoded::Encoded;
pub use items::{Items, ItemsIter};
pub use layout::{Field, FieldKind, Layout, Tail};
pub use lookup::{LookupBuilder, LookupItem, LookupResponse, Marker};
pub use message::{Encode, MessageBuilder, WireMessage};
pub use method::{Answers, BelongsTo, MethodCode, MethodMessage};
pub use netipc_derive::{WireEnum, WireMessage};
pub use netipc_wire::Class;
pub use rows::{EncodeRow, Rows, RowsIter, WireRow};
pub use snapshot::Snapshot;
pub use wire_enum::WireEnum;

/// An owned string of a message: bytes, usually UTF-8, not promised. Prints like text, compares with `&str`.
pub type WireString = bstr::BString;

/// What generated code names. Not for people: it changes with the derive.
#[doc(hidden)]
pub mod __derive {
    pub use bstr::BStr;
    pub use netipc_wire::{Order, Span};
    pub use zerocopy;
    pub use zerocopy::native_endian::{I16, I32, I64, U16, U32, U64};

    pub use crate::build::{ItemsBuilder, StringsBuilder, Tail as TailWriter, items_len, rows_len};
    pub use crate::check::{
        between, c_str, c_string, constant, disjoint, end, exact_end, head, header, key, key_c_str, key_text,
        length, place, reserved, room, row_text, same, string, text,
    };
    pub use crate::directory::directory;
    pub use crate::display::Fields;
    pub use crate::fault::{EncodeFault, Fault};
    pub use crate::items::{Items, owned};
    pub use crate::layout::{Field, FieldKind, Layout, Tail};
    pub use crate::lookup::{LookupBuilder, LookupItem, LookupResponse, Marker};
    pub use crate::message::{Encode, MessageBuilder, WireMessage};
    pub use crate::method::{BelongsTo, MethodCode, MethodMessage, answers};
    pub use crate::rows::{EncodeRow, Rows, WireRow, check as table};
    pub use crate::snapshot::{KeyField, NamedField, Snapshot, has_field, same_key};
    pub use crate::wire_enum::{EnumField, WireEnum};
    pub use crate::{DecodeError, EncodeError};
}
