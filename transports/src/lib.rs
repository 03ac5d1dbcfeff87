//! Level 1 of netipc: sessions that carry opaque messages between two processes of one host.
//!
//! A server makes a [`Listener`] at an [`Endpoint`] and accepts a [`ServerSession`] for each client; a client connects
//! a [`ClientSession`]. Both send and receive whole messages: a [`MessageHeader`] and payload
//! bytes that this crate never interprets. Handshake, limits, chunking, batching and correlation are done here.
//!
//! Contract: `docs/contract/transport.md` (what a session promises), `docs/contract/envelope.md` (the bytes),
//! `docs/contract/posix.md` and `docs/contract/windows.md` (names, sockets and pipes, shared memory).
//!
//! ```
//! use std::time::Duration;
//! use netipc_transport::{Abort, ClientSession, ConnectOptions, Deadline, Endpoint, ListenOptions, Listener};
//!
//! let directory = tempfile::tempdir()?;
//! let endpoint = Endpoint::new(directory.path(), "echo")?;
//! let mut listener = Listener::bind(&endpoint, &ListenOptions::default())?;
//!
//! let provider = std::thread::spawn(move || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//!     let deadline = Deadline::after(Duration::from_secs(10));
//!     let mut session = listener.accept(deadline, &Abort::new())?;
//!     let message = session.receive(deadline)?;
//!     let (header, answer) = (message.header, message.payload.to_ascii_uppercase());
//!     session.respond(header, &answer, deadline)?;
//!     Ok(())
//! });
//!
//! let deadline = Deadline::after(Duration::from_secs(10));
//! let mut session = ClientSession::connect(&endpoint, &ConnectOptions::default(), deadline, &Abort::new())?;
//! session.send(0x8000, 1, b"hello", deadline)?;
//! assert_eq!(session.receive(deadline)?.payload, b"HELLO");
//! # provider.join().unwrap().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here starts a thread or reads the environment, and signals are left alone unless
//! `guard_against_truncation`, which Linux has, is called. No function panics.
#![deny(unsafe_code)]
// From a session's `send` and `receive` down to the system call everything that is always run is inlined, and what is
// not stands aside in cold functions. A system call leaves the CPU's prediction of returns in disorder; each return that
// follows one costs as much as all the rest of the way (0.35 us of 1.2 us where it was measured), and all returns of the
// way together can be the caller's single one.
#![allow(clippy::inline_always, reason = "measured: see above")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test that panics has failed")
)]

mod abort;
mod agreed;
mod batch;
mod buffer;
mod census;
mod chunking;
mod connect;
mod credentials;
mod deadline;
pub mod defaults;
mod endpoint;
pub mod envelope;
mod events;
mod handshake;
mod in_flight;
mod limits;
mod link;
mod listener;
mod options;
mod packets;
mod pauses;
#[cfg(unix)]
mod posix;
mod profiles;
mod response_limit;
mod session;
mod shm;
mod waiting;
#[cfg(windows)]
mod windows;

// What this platform brings. Both modules have the same names for it.
#[cfg(unix)]
use posix as platform;
#[cfg(windows)]
use windows as platform;

pub use abort::Abort;
pub use agreed::Agreed;
pub use batch::{BatchBuilder, BatchError};
pub use census::Census;
pub use connect::{ConnectError, Incompatibility};
pub use credentials::Credentials;
pub use deadline::Deadline;
pub use endpoint::{Endpoint, EndpointError};
pub use envelope::{Batch, Kind, MessageHeader, Status};
pub use handshake::HandshakeViolation;
#[cfg(unix)]
pub use listener::Misfit;
pub use listener::{AcceptError, ListenError};
pub use options::{ConnectOptions, ListenOptions};
pub use platform::Listener;
#[cfg(all(unix, feature = "faults"))]
#[doc(hidden)]
pub use posix::sys::faults;
#[cfg(unix)]
pub use posix::{Cleaned, Doubt, FileState, Foreign, Inventory, Outcome, RunFile, RunFileKind};
#[cfg(target_os = "linux")]
pub use posix::{RegionHeader, guard_against_truncation};
pub use profiles::Profiles;
pub use response_limit::ResponseLimit;
pub use session::{
    ClientSession, Connecting, Limit, Message, Progress, ReceiveError, SendError, ServerSession,
    SessionHandle, Violation,
};
pub use shm::{AttachError, CreateError, RegionFault};
pub use waiting::Waiting;
#[cfg(windows)]
pub use windows::{Inventory, PipeState, ServedPipe};
