//! Typed request/response between the processes of one host.
//!
//! A plain struct with `#[derive(WireMessage)]` and its offsets beside the fields is a message whose bytes are exactly
//! the NIPC contract's. A [`Client`] and a [`Server`] carry it over local sockets to programs in Rust, C and Go that
//! speak the same contract.
//!
//! ```
//! use netipc::{Client, ClientConfig, Endpoint, Server, ServerConfig, ServerStatus, WireMessage, WireString};
//!
//! /// Asks for the name of a user.
//! #[derive(WireMessage, Clone, Debug)]
//! #[wire(method = 0x8123, header = 8, constant(layout_version: u16 = 1, at = 0), reserved(at = 2, len = 2))]
//! pub struct UserNameRequest {
//!     /// The user's id.
//!     #[wire(at = 4)]
//!     pub uid: u32,
//! }
//!
//! /// The name; empty if there is none.
//! #[derive(WireMessage, Clone, Debug)]
//! #[wire(method = 0x8123, header = 8)]
//! pub struct UserName {
//!     /// The name.
//!     #[wire(at = 0)]
//!     pub name: WireString,
//! }
//!
//! let directory = tempfile::tempdir()?;
//! let endpoint = Endpoint::new(directory.path(), "user-name")?;
//!
//! // A provider, in one program.
//! let server = Server::<UserNameRequest, UserName>::spawn(
//!     endpoint.clone(),
//!     ServerConfig::default(),
//!     |request, response, _context| {
//!         if request.uid() == 0 {
//!             response.name("root");
//!         }
//!         Ok(())
//!     },
//! )?;
//!
//! // A consumer, in another.
//! let mut client = Client::<UserNameRequest, UserName>::new(endpoint, ClientConfig::default());
//! client.refresh();
//! let user = client.call(&UserNameRequest { uid: 0 })?;
//! assert_eq!(user.name(), "root");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | layer | where | what |
//! |---|---|---|
//! | Level 3 | [`SnapshotCache`] | the last good copy of a data set, looked up without a system call |
//! | Level 2 | [`Client`], [`Server`] | typed calls, retry |
//! | Level 1 | [`transport`] | sessions that carry opaque bytes |
//! | Codec | [`codec`], [`WireMessage`](derive@WireMessage) | bytes to views, values to bytes; no I/O |
//!
//! Where to go on, in the repository:
//!
//! | you want | read |
//! |---|---|
//! | a message, a provider, a consumer and a cache of your own, in ten minutes | `docs/getting-started.md` |
//! | to turn a layout table into a message; what a compile error means | `docs/derive.md` |
//! | a program to start from: a message, a hot loop, a provider that comes and goes, tokio | `netipc/examples/` |
//! | hundreds of sessions in one thread, with `poll` | `transports/examples/event_loop` |
//! | to know how the parts fit together | `docs/architecture.md` |
//! | to run it: run directories, systemd, tokens, what to watch, what errors mean | `docs/operating.md` |
//! | to know who may do what, and what it costs at most | `docs/security.md` |
//! | to know what runs on which system | `docs/platforms.md` |
//! | figures, and the commands that show them | `docs/performance.md` |
//! | the bytes, and every promise | `docs/contract/` |
//!
//! With the feature `tracing` clients and servers tell of sessions that begin and end, of limits that grow, of shared
//! memory that cannot be used and of what they reject, as events of the crate of that name.
//!
//! The contract's own messages are in [`messages`].
#![forbid(unsafe_code)]

extern crate alloc;

pub mod messages;
mod service;
mod snapshot;

pub use netipc_codec as codec;
pub use netipc_codec::{
    DecodeError, Encode, EncodeError, MessageBuilder, Snapshot, WireEnum, WireMessage, WireString,
};
pub use netipc_transport as transport;
pub use netipc_transport::{
    Abort, ConnectError, Credentials, Deadline, Endpoint, EndpointError, ListenError, Profiles, ReceiveError,
    SendError, Status, Waiting,
};
pub use service::{
    CallError, Client, ClientConfig, ClientState, ClientStatus, Context, Drained, HandlerResult, LookupError,
    Responses, ResponsesIter, Server, ServerConfig, ServerStatus, Side,
};

pub use snapshot::{
    CacheConfig, CacheGuard, CacheReader, CacheStatus, RefreshError, Refreshed, SnapshotCache,
};

#[doc(hidden)]
pub use netipc_codec::__derive;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The examples of the guide to the derives compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/derive.md")]
struct DeriveGuide;
