//! A client's way to its session.

#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::time::Duration;

use super::ClientSession;
use crate::abort::Registration;
use crate::handshake::{LONGEST_PAYLOAD, client};
use crate::packets::{HEADER_LEN, PacketError, Packets};
use crate::platform::{Baseline, Dialing, PlatformLink};
use crate::{
    Abort, Agreed, ConnectError, ConnectOptions, Deadline, Endpoint, HandshakeViolation, Incompatibility,
};

/// A connection that is being made, for a thread that must not wait: [`ClientSession::begin`] makes one,
/// [`Connecting::advance`] goes on with it. Dropping it gives up. It has no deadline of its own.
///
/// Contract: `docs/contract/transport.md`, "Messages"; `docs/contract/posix.md`, "The baseline".
///
/// ```no_run
/// use netipc_transport::{Abort, ClientSession, ConnectOptions, Endpoint, Progress};
/// # fn wait_readable(_: &netipc_transport::Connecting) {}
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
/// let mut connecting = ClientSession::begin(&endpoint, &ConnectOptions::default(), &Abort::new())?;
/// let session = loop {
///     connecting = match connecting.advance()? {
///         Progress::Connected(session) => break session,
///         Progress::Readable(connecting) => {
///             wait_readable(&connecting);
///             connecting
///         }
///         Progress::Later(connecting, pause) => {
///             std::thread::sleep(pause);
///             connecting
///         }
///     };
/// };
/// # drop(session);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Connecting {
    endpoint: Endpoint,
    options: ConnectOptions,
    stage: Stage,
    registration: Registration,
}

enum Stage {
    /// Not connected yet.
    Dialing(Dialing),
    /// Connected. HELLO is out, or is still to go.
    Hello(Baseline, Sent),
}

/// Whether a packet is out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Whole,
    NotYet,
}

/// How far a connection has come.
#[derive(Debug)]
pub enum Progress {
    /// The session.
    Connected(ClientSession),
    /// The server has not answered: advance again when the descriptor is readable, or the handle signalled.
    Readable(Connecting),
    /// The server has no room for a further connection yet, and there is nothing to wait on: advance again after so long.
    Later(Connecting, Duration),
}

impl Connecting {
    pub(super) fn new(
        endpoint: &Endpoint,
        options: &ConnectOptions,
        abort: &Abort,
    ) -> Result<Self, ConnectError> {
        let dialing = Dialing::new(endpoint)?;
        let aborted = || ConnectError::Aborted { endpoint: endpoint.clone() };
        let registration = abort.register(dialing.connection()).ok_or_else(aborted)?;
        Ok(Self {
            endpoint: endpoint.clone(),
            options: *options,
            stage: Stage::Dialing(dialing),
            registration,
        })
    }

    /// Goes on as far as that is possible without waiting.
    ///
    /// # Errors
    /// [`ConnectError`], never [`ConnectError::TimedOut`]; nothing is left behind.
    pub fn advance(self) -> Result<Progress, ConnectError> {
        self.step(Deadline::NOW)
    }

    /// As [`Connecting::advance`], waiting for the server's answer until the deadline.
    pub(super) fn step(self, deadline: Deadline) -> Result<Progress, ConnectError> {
        let Self { endpoint, mut options, stage, registration } = self;
        let failed = |error| ConnectError::from_packets(error, &endpoint);
        let (mut baseline, mut sent) = match stage {
            Stage::Dialing(mut dialing) => {
                if let Some(pause) = dialing.dial(&endpoint)? {
                    let stage = Stage::Dialing(dialing);
                    return Ok(Progress::Later(Self { endpoint, options, stage, registration }, pause));
                }
                let baseline = dialing.connected(&endpoint, options.waiting)?;
                let packet_size = baseline.packet_size(options.packet_size);
                let carried = baseline.carried().map_err(failed)?;
                if !options.reaches(carried) {
                    // A HELLO that proposes nothing would only show the token.
                    let reason = Incompatibility::OutOfReach;
                    return Err(ConnectError::Incompatible { endpoint, reason });
                }
                options = options.resolved(packet_size, carried);
                (baseline, Sent::NotYet)
            }
            Stage::Hello(baseline, sent) => (baseline, sent),
        };
        if sent == Sent::NotYet {
            sent = send_hello(&mut baseline, &options, deadline).map_err(failed)?;
        }
        let mut packet = [0; HEADER_LEN + LONGEST_PAYLOAD];
        let received = match baseline.receive(&mut packet, deadline) {
            Ok(received) => received,
            Err(PacketError::TimedOut) => {
                let stage = Stage::Hello(baseline, sent);
                return Ok(Progress::Readable(Self { endpoint, options, stage, registration }));
            }
            Err(error) => return Err(failed(error)),
        };
        if received.truncated {
            return Err(ConnectError::Handshake { endpoint, violation: HandshakeViolation::TooLong });
        }
        let (header, payload) = received.split(&packet);
        let mut agreed: Agreed = client::judge(header, payload, &options)
            .map_err(|refusal| ConnectError::from_refusal(refusal, &endpoint))?;
        let link = PlatformLink::connected(baseline, &endpoint, &options, &mut agreed, deadline)?;
        Ok(Progress::Connected(ClientSession::new(link, agreed, options.max_in_flight, registration)))
    }

    /// Waits for so long, or until the deadline or the abort; tells whether there is time left.
    pub(super) fn pause(
        &self,
        pause: Duration,
        deadline: Deadline,
        abort: &Abort,
    ) -> Result<bool, ConnectError> {
        let left = deadline.remaining();
        if left == Some(Duration::ZERO) {
            return Ok(false);
        }
        if abort.wait(left.map_or(pause, |left| left.min(pause))) {
            return Err(ConnectError::Aborted { endpoint: self.endpoint.clone() });
        }
        Ok(true)
    }
}

/// The first packet on its connection, for which there is nearly always room.
fn send_hello(
    packets: &mut impl Packets,
    options: &ConnectOptions,
    deadline: Deadline,
) -> Result<Sent, PacketError> {
    let hello = client::hello(options);
    let mut attempt = |deadline| packets.send_kept(&hello.header, &hello.payload, deadline);
    let sent = match attempt(Deadline::NOW) {
        Err(PacketError::TimedOut) => attempt(deadline),
        sent => sent,
    };
    match sent {
        // A server that closes at once may have said why.
        Ok(()) | Err(PacketError::Closed | PacketError::Reset) => Ok(Sent::Whole),
        Err(PacketError::TimedOut) => Ok(Sent::NotYet),
        Err(error) => Err(error),
    }
}

/// The socket. It is of use once [`Progress::Readable`] has come; before that the kernel calls it hung up.
#[cfg(unix)]
impl AsFd for Connecting {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.stage {
            Stage::Dialing(dialing) => dialing.connection().as_fd(),
            Stage::Hello(baseline, _) => baseline.as_fd(),
        }
    }
}

/// An event. It is of use once [`Progress::Readable`] has come: signalled when the server may have answered.
#[cfg(windows)]
impl AsHandle for Connecting {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        match &self.stage {
            Stage::Dialing(dialing) => dialing.connection().as_handle(),
            Stage::Hello(baseline, _) => baseline.as_handle(),
        }
    }
}

impl std::fmt::Debug for Connecting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connecting").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
