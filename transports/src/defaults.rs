//! The named defaults. A configured 0 means "the default" everywhere.
//!
//! Contract: `docs/contract/envelope.md`, "Named defaults"; `docs/contract/posix.md`; `docs/contract/service.md`.
//!
//! ```
//! use netipc_transport::{ConnectOptions, defaults};
//! assert_eq!(ConnectOptions::default().max_request_payload_bytes, defaults::MAX_REQUEST_PAYLOAD_BYTES);
//! ```

use std::time::Duration;

/// What a client proposes as the largest request payload, in bytes.
pub const MAX_REQUEST_PAYLOAD_BYTES: u32 = 1_024;

/// Ceiling of automatic growth, in bytes; a server accepts request proposals up to it.
pub const AUTOMATIC_CEILING_BYTES: u32 = 1_048_576;

/// The largest response payload that a server offers and a client takes, in bytes.
pub const MAX_RESPONSE_PAYLOAD_BYTES: u32 = 65_536;

/// Items of a batch.
pub const MAX_BATCH_ITEMS: u32 = 1;

/// Packet size where the socket does not tell the size of its send buffer, in bytes.
pub const PACKET_SIZE: u32 = 65_536;

/// Connections that the kernel queues for a listener that does not accept them yet.
pub const BACKLOG: u32 = 128;

/// Time that a client has for its handshake once its connection is accepted.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sessions of a listener that live at the same time.
pub const MAX_SESSIONS: u32 = 64;

/// Handshakes of a listener that are in progress at the same time.
pub const MAX_PENDING_HANDSHAKES: u32 = 64;

/// Requests of a client that are in flight at the same time.
pub const MAX_IN_FLIGHT: u32 = 128;
