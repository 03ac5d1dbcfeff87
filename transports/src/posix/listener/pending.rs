//! A connection whose handshake is in progress. Nothing here ever waits.

use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::Shutdown;

use super::terms::Terms;
use crate::events;
use crate::handshake::server::{self, Verdict};
use crate::handshake::{LONGEST_PAYLOAD, Packet};
use crate::packets::{HEADER_LEN, Received};
use crate::posix::shm::Region;
use crate::posix::sys;
use crate::posix::uds::{receive_packet, send_packet};
use crate::{Agreed, Deadline, Profiles};

/// A rejected client gets so many of its packets read away at a time, so that one that never stops holds up nobody.
const PACKETS_PER_TURN: usize = 16;

/// A connection between its accept and its session, or its end.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) fd: OwnedFd,
    pub(super) session_id: u64,
    /// When the client has had all the time it gets.
    pub(super) deadline: Deadline,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Its HELLO has not come.
    Hello,
    /// It was rejected. What it still sends is read away until it closes, so that the answer arrives.
    Rejected,
}

/// How far a handshake has come.
pub(super) enum Progress {
    /// It waits for the client.
    Waiting,
    /// There is nothing more to do but to close the connection.
    Over,
    /// The client is answered and its session begins, in the region that was made for it if it has one.
    Accepted(Agreed, Option<Region>),
}

impl Pending {
    pub(super) fn new(fd: OwnedFd, session_id: u64, deadline: Deadline) -> Self {
        Self { fd, session_id, deadline, stage: Stage::Hello }
    }

    /// Goes on with what has come from the client. Rejections are counted before the client can know of them.
    pub(super) fn advance(&mut self, terms: Terms<'_>) -> Progress {
        match self.stage {
            Stage::Hello => {
                let (verdict, region) = match self.judge(terms) {
                    Ok(judged) => judged,
                    Err(progress) => return progress,
                };
                if let Verdict::Reject(ack) = &verdict {
                    terms.census.refuse();
                    events::handshake_rejected(terms.endpoint, self.session_id, &ack.header);
                }
                self.answer(verdict, region)
            }
            Stage::Rejected => self.read_away(),
        }
    }

    /// What to make of the client's first packet, and the region of its session, which exists before the ack goes out;
    /// or, where there is no packet, how far the handshake is.
    fn judge(&self, terms: Terms<'_>) -> Result<(Verdict, Option<Region>), Progress> {
        let mut packet = [0; HEADER_LEN + LONGEST_PAYLOAD];
        let received = match receive_packet(self.fd.as_fd(), &mut packet, false) {
            Ok((bytes, truncated)) => Received::new(bytes, truncated),
            Err(Errno::AGAIN | Errno::INTR) => return Err(Progress::Waiting),
            Err(_) => return Err(Progress::Over),
        };
        if received.truncated {
            return Err(Progress::Over);
        }
        let mut offer = terms.offer(self.fd.as_fd(), self.session_id);
        let (header, payload) = received.split(&packet);
        let verdict = server::judge(header, payload, &offer);
        let region = match &verdict {
            Verdict::Accept(_, agreed) if agreed.profile == Profiles::SHM_HYBRID => terms.region(agreed),
            _ => return Ok((verdict, None)),
        };
        if region.is_some() {
            return Ok((verdict, region));
        }
        // The profile is left out for this session.
        offer.supported_profiles = offer.supported_profiles.without(Profiles::SHM_HYBRID);
        Ok((server::judge(header, payload, &offer), None))
    }

    fn answer(&mut self, verdict: Verdict, region: Option<Region>) -> Progress {
        match verdict {
            Verdict::Accept(ack, agreed) if self.send(&ack) => Progress::Accepted(agreed, region),
            Verdict::Reject(ack) if self.send(&ack) => {
                self.stage = Stage::Rejected;
                // Fails only where the client has gone, which reading away will find.
                let _ = sys::shutdown(&self.fd, Shutdown::Write);
                self.read_away()
            }
            // Not a client at all, or gone before its answer.
            Verdict::NotHello | Verdict::Accept(..) | Verdict::Reject(_) => Progress::Over,
        }
    }

    fn read_away(&mut self) -> Progress {
        for _ in 0..PACKETS_PER_TURN {
            match receive_packet(self.fd.as_fd(), &mut [0; HEADER_LEN], false) {
                Ok((0, _)) => return Progress::Over,
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Progress::Waiting,
                Err(_) => return Progress::Over,
            }
        }
        Progress::Waiting
    }

    /// Sends an ack; tells whether it went out. It is the first packet on its socket, so that there is room for it.
    fn send<const PAYLOAD: usize>(&self, ack: &Packet<PAYLOAD>) -> bool {
        loop {
            match send_packet(self.fd.as_fd(), &ack.header, &ack.payload) {
                Err(Errno::INTR) => {}
                result => return result.is_ok(),
            }
        }
    }
}
