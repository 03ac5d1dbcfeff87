//! A connection whose handshake is in progress. Nothing here ever waits.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::Shutdown;

use crate::Profiles;
use crate::handshake::Packet;
use crate::handshake::server::Verdict;
use crate::listener::{FIRST_PACKET, FirstPacket, Progress, Terms};
use crate::packets::{HEADER_LEN, Received};
use crate::posix::credentials::peer_credentials;
use crate::posix::shm::Region;
use crate::posix::sys;
use crate::posix::uds::{packet_size, receive_packet, send_packet};

/// A rejected client gets so many of its packets read away at a time, so that one that never stops holds up nobody.
const PACKETS_PER_TURN: usize = 16;

/// A connection between its accept and its session, or its end.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(super) fd: OwnedFd,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Its HELLO has not come.
    Hello,
    /// This has come, and it waits for room.
    Full(Box<FirstPacket>),
    /// It was rejected. What it still sends is read away until it closes, so that the answer arrives.
    Rejected,
}

impl Pending {
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self { fd, stage: Stage::Hello }
    }

    /// Goes on with what has come from the client.
    pub(super) fn advance(&mut self, session_id: u64, terms: Terms<'_>) -> Progress {
        match &self.stage {
            Stage::Hello => match self.receive() {
                Ok(packet) => self.judge(&packet, session_id, terms),
                Err(progress) => progress,
            },
            Stage::Full(_) if terms.keeps_waiting(|| user(self.fd.as_fd())) => Progress::Waiting,
            Stage::Full(packet) => {
                let packet = **packet;
                self.judge(&packet, session_id, terms)
            }
            Stage::Rejected => self.read_away(),
        }
    }

    /// The client's first packet; or, where there is none, how far the handshake is.
    fn receive(&self) -> Result<FirstPacket, Progress> {
        let mut bytes = [0; FIRST_PACKET];
        let received = match receive_packet(self.fd.as_fd(), &mut bytes, false) {
            Ok((bytes, truncated)) => Received::new(bytes, truncated),
            Err(Errno::AGAIN | Errno::INTR) => return Err(Progress::Waiting),
            Err(_) => return Err(Progress::Over),
        };
        if received.truncated { Err(Progress::Over) } else { Ok(FirstPacket { bytes, received }) }
    }

    fn judge(&mut self, packet: &FirstPacket, session_id: u64, terms: Terms<'_>) -> Progress {
        let packet_size = packet_size(self.fd.as_fd(), terms.options.packet_size);
        let allowed = (packet_size, Profiles::CARRIED);
        let (verdict, region) = terms.judge(packet.split(), session_id, allowed, || user(self.fd.as_fd()));
        if verdict == Verdict::Later {
            self.stage = Stage::Full(Box::new(*packet));
            return Progress::Full;
        }
        self.answer(verdict, region)
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
            Verdict::NotHello | Verdict::Later | Verdict::Accept(..) | Verdict::Reject(_) => Progress::Over,
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

/// The user of a connection.
pub(super) fn user(fd: BorrowedFd<'_>) -> Option<u32> {
    peer_credentials(fd).ok().map(|peer| peer.uid)
}
