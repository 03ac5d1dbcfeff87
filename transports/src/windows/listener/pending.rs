//! A connection whose handshake is in progress. Nothing here ever waits.

use std::sync::{Arc, OnceLock};

use windows_sys::Win32::Foundation::ERROR_OPERATION_ABORTED;

use super::instance::Instance;
use crate::census::{Census, SessionGuard};
use crate::handshake::server::Verdict;
use crate::listener::{FIRST_PACKET, FirstPacket, Progress, Terms};
use crate::packets::Received;
use crate::platform::User;
use crate::windows::pipe::packet_size;
use crate::windows::shm::Region;
use crate::windows::sys::{ClosableHandle, client_process_id, code, user_of};
use crate::windows::windows_session::carried_from_client;

/// A connection between its accept and its session, or its end.
#[derive(Debug)]
pub(crate) struct Pending {
    instance: Instance,
    stage: Stage,
    /// A session whose ack takes its time takes its place meanwhile.
    guard: Option<SessionGuard>,
    client: Client,
}

/// Whose a connection is. It is asked once, so that nothing that happens to the client's process makes it another one's.
#[derive(Debug, Default)]
struct Client(OnceLock<Option<User>>);

impl Client {
    fn user(&self, ask: impl FnOnce() -> Option<User>) -> Option<User> {
        self.0.get_or_init(ask).clone()
    }
}

#[derive(Debug)]
enum Stage {
    /// Its client has said nothing yet.
    Silent,
    /// This has come, and it waits for room.
    Full(Box<FirstPacket>),
    /// The answer is to go out, or on its way.
    Answering(Verdict, Option<Region>),
}

impl Pending {
    /// With the client that this instance has.
    pub(super) fn new(instance: Instance) -> Self {
        Self { instance, stage: Stage::Silent, guard: None, client: Client::default() }
    }

    /// Whether something has come from the client, or the answer to it may have gone out.
    pub(super) fn is_ready(&self) -> bool {
        self.instance.operation.is_complete()
    }

    /// Goes on with what has come from the client, or with the answer. A rejection needs no more than that: whatever the
    /// client still sends, it can read that after the pipe is closed.
    pub(super) fn advance(&mut self, session_id: u64, terms: Terms<'_>) -> Progress {
        self.go_on(session_id, terms).unwrap_or_else(|Gone| Progress::Over)
    }

    fn go_on(&mut self, session_id: u64, terms: Terms<'_>) -> Result<Progress, Gone> {
        let packet = match &self.stage {
            Stage::Silent => match self.receive()? {
                Some(packet) => packet,
                None => return Ok(Progress::Waiting),
            },
            Stage::Full(_) if terms.keeps_waiting(|| self.user()) => return Ok(Progress::Waiting),
            Stage::Full(packet) => **packet,
            Stage::Answering(..) => return self.answer(terms),
        };
        let allowed = (packet_size(terms.options.packet_size), carried_from_client(&self.instance.pipe));
        let (verdict, region) = terms.judge(packet.split(), session_id, allowed, || self.user());
        if verdict == Verdict::Later {
            self.stage = Stage::Full(Box::new(packet));
            return Ok(Progress::Full);
        }
        self.stage = Stage::Answering(verdict, region);
        self.answer(terms)
    }

    /// Sends the answer: the session begins where the client is accepted, once that is out. Nearly always there is room for
    /// it, since it is the first packet on its pipe.
    fn answer(&mut self, terms: Terms<'_>) -> Result<Progress, Gone> {
        let Stage::Answering(verdict, region) = &mut self.stage else { return Ok(Progress::Waiting) };
        let (ack, agreed) = match verdict {
            Verdict::Accept(ack, agreed) => (ack, Some(*agreed)),
            Verdict::Reject(ack) => (ack, None),
            // Not a client at all.
            Verdict::NotHello | Verdict::Later => return Err(Gone),
        };
        let operation = &mut self.instance.operation;
        loop {
            let result = match operation.finish() {
                Some(result) => result.map(Some),
                None => operation.write(&ack.header, &ack.payload),
            };
            match result {
                Ok(Some(_)) => return Ok(Progress::Accepted(agreed.ok_or(Gone)?, region.take())),
                Ok(None) => break,
                // The thread that began to write has ended.
                Err(error) if code(&error) == ERROR_OPERATION_ABORTED => {}
                // It went before its answer.
                Err(_) => return Err(Gone),
            }
        }
        if agreed.is_some() && self.guard.is_none() {
            self.guard = Some(terms.census.enter(|| self.user()));
        }
        Ok(Progress::Waiting)
    }

    /// The place of its session among the others, and the pipe for that.
    pub(super) fn accept(mut self, census: &Census) -> (SessionGuard, Arc<ClosableHandle>) {
        let guard = self.guard.take().unwrap_or_else(|| census.enter(|| self.user()));
        (guard, self.instance.pipe)
    }

    /// Whose the client is.
    fn user(&self) -> Option<User> {
        self.client.user(|| user(&self.instance.pipe))
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
}

/// A client that has gone, that is none, or that has had its rejection.
struct Gone;

/// The user of the process at the client's end.
fn user(pipe: &ClosableHandle) -> Option<User> {
    let pipe = pipe.enter()?;
    user_of(client_process_id(pipe.handle()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_connection_is_is_asked_once() {
        for found in [Some("S-1-5-21-7".to_owned()), None] {
            let client = Client::default();
            assert_eq!(client.user(|| found.clone()), found);
            assert_eq!(client.user(|| panic!("it is known")), found);
        }
    }
}
