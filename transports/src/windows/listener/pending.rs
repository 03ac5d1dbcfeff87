//! A connection whose handshake is in progress. Nothing here ever waits.

use windows_sys::Win32::Foundation::ERROR_OPERATION_ABORTED;

use super::instance::Instance;
use crate::handshake::Packet;
use crate::handshake::server::Verdict;
use crate::listener::{FIRST_PACKET, FirstPacket, Progress, Terms};
use crate::packets::Received;
use crate::windows::pipe::packet_size;
use crate::windows::sys::{client_process_id, code, user_of};
use crate::windows::windows_session::carried_from_client;

/// A connection between its accept and its session, or its end.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(super) instance: Instance,
    /// What has come, where that waits for room.
    waiting: Option<Box<FirstPacket>>,
}

impl Pending {
    pub(super) fn new(instance: Instance) -> Self {
        Self { instance, waiting: None }
    }

    /// Whether something has come from the client.
    pub(super) fn is_ready(&self) -> bool {
        self.instance.operation.is_complete()
    }

    /// Goes on with what has come from the client. A rejection needs no more than its answer: whatever the client still
    /// sends, it can read that after the pipe is closed.
    pub(super) fn advance(&mut self, session_id: u64, terms: Terms<'_>) -> Progress {
        let packet = match &self.waiting {
            Some(_) if terms.may_wait && !terms.census.has_room(|| user(&self.instance)) => {
                return Progress::Waiting;
            }
            Some(packet) => **packet,
            None => match self.receive() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Progress::Waiting,
                Err(Gone) => return Progress::Over,
            },
        };
        let packet_size = packet_size(terms.options.packet_size);
        let allowed = (packet_size, carried_from_client(&self.instance.pipe));
        let (verdict, region) = terms.judge(packet.split(), session_id, allowed, || user(&self.instance));
        match verdict {
            Verdict::Later => {
                self.waiting = Some(Box::new(packet));
                Progress::Full
            }
            Verdict::Accept(ack, agreed) if self.send(&ack) => Progress::Accepted(agreed, region),
            Verdict::Reject(ack) => {
                self.send(&ack);
                Progress::Over
            }
            // Not a client at all, or gone before its answer.
            Verdict::NotHello | Verdict::Accept(..) => Progress::Over,
        }
    }

    /// The client's first packet, if it has come.
    fn receive(&mut self) -> Result<Option<FirstPacket>, Gone> {
        let operation = &mut self.instance.operation;
        loop {
            let result = match operation.finish() {
                Some(result) => result.map(Some),
                None => operation.read(FIRST_PACKET),
            };
            match result {
                Ok(Some(transferred)) if !transferred.truncated => {
                    let came = operation.buffer().and_then(|buffer| buffer.get(..transferred.bytes));
                    let came = came.ok_or(Gone)?;
                    let mut bytes = [0; FIRST_PACKET];
                    bytes.get_mut(..came.len()).ok_or(Gone)?.copy_from_slice(came);
                    return Ok(Some(FirstPacket { bytes, received: Received::new(came.len(), false) }));
                }
                Ok(None) => return Ok(None),
                // The thread that began to read has ended.
                Err(error) if code(&error) == ERROR_OPERATION_ABORTED => {}
                Ok(Some(_)) | Err(_) => return Err(Gone),
            }
        }
    }

    /// Sends an ack; tells whether it went out. It is the first packet on its pipe, so that there is room for it.
    fn send<const PAYLOAD: usize>(&mut self, ack: &Packet<PAYLOAD>) -> bool {
        let operation = &mut self.instance.operation;
        let sent = operation.write(&ack.header, &ack.payload);
        // One that takes time may have gone out before it could be cancelled.
        let sent = operation.cancel().map_or(sent, |result| result.map(Some));
        matches!(sent, Ok(Some(_)))
    }
}

/// A client that has gone, or that is none.
struct Gone;

/// The user of an instance's client.
pub(super) fn user(instance: &Instance) -> Option<String> {
    let pipe = instance.pipe.enter()?;
    user_of(client_process_id(pipe.handle()).ok()?).ok()
}
