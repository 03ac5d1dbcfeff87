//! Listening: what it comes to on all platforms. How connections come in, and what waits for them, each has of its own.

mod error;
mod handshakes;
mod reception;
mod terms;

use std::time::Duration;

#[cfg(unix)]
pub use error::Misfit;
pub use error::{AcceptError, ListenError};
pub(crate) use handshakes::Handshakes;
pub(crate) use reception::Reception;
pub(crate) use terms::Terms;

use crate::Agreed;
use crate::handshake::LONGEST_PAYLOAD;
use crate::packets::{HEADER_LEN, Received};
use crate::platform::Region;

/// Room for a client's first packet.
pub(crate) const FIRST_PACKET: usize = HEADER_LEN + LONGEST_PAYLOAD;

/// A client's first packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstPacket {
    pub(crate) bytes: [u8; FIRST_PACKET],
    pub(crate) received: Received,
}

impl FirstPacket {
    /// Its header and its payload.
    pub(crate) fn split(&self) -> (&[u8], &[u8]) {
        self.received.split(&self.bytes)
    }
}

/// Without handles or memory, accepting rests for so long. Handshakes in progress go on, and free some.
pub(crate) const REST: Duration = Duration::from_millis(100);

/// Platforms count time-outs in milliseconds, in few bits. Waking once an hour for nothing is no burden.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// How far a handshake has come.
pub(crate) enum Progress {
    /// It waits for the client, or for room.
    Waiting,
    /// There is no room, but soon may be. It goes on with what the client has said.
    Full,
    /// There is nothing more to do but to close the connection.
    Over,
    /// The client is answered and its session begins, in the region that was made for it if it has one.
    Accepted(Agreed, Option<Region>),
}
