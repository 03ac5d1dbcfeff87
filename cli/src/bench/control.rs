//! The socket between the benchmark and its peer: the peer's standard input.
//!
//! ```text
//! benchmark  HELLO, with the floor's file descriptor
//! peer       READY, or a sentence: why it cannot
//! benchmark  CPU                                        as often as it likes
//! peer       its CPU time, nanoseconds as u64
//! ```
//!
//! It ends with either of them.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use rustix::time::{ClockId, clock_gettime};

pub(super) const HELLO: &[u8] = b"hello";
pub(super) const READY: &[u8] = b"ready";
pub(super) const CPU: &[u8] = b"cpu";

/// Bytes of a packet at most: room for a sentence.
const LONGEST: usize = 4096;

/// One end.
#[derive(Debug)]
pub(super) struct Control<Fd>(pub(super) Fd);

impl<Fd: AsFd> Control<Fd> {
    pub(super) fn send(&self, packet: &[u8]) -> io::Result<()> {
        self.send_with(packet, &[])
    }

    pub(super) fn send_with(&self, packet: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
        let packet = &packet[..packet.len().min(LONGEST)];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        sendmsg(&self.0, &[IoSlice::new(packet)], &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// The next packet; an empty one is the end.
    pub(super) fn receive(&self) -> io::Result<Vec<u8>> {
        Ok(self.receive_with()?.0)
    }

    /// The next packet, and the file descriptor that came with it.
    pub(super) fn receive_with(&self) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
        let mut packet = vec![0; LONGEST];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let into = &mut [IoSliceMut::new(&mut packet)];
        let len = recvmsg(&self.0, into, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?.bytes;
        packet.truncate(len);
        let fd = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
            _ => None,
        });
        Ok((packet, fd))
    }
}

/// CPU time of this process, all its threads together.
pub(super) fn cpu_time() -> Duration {
    // Never negative, and far from the end of either type.
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rustix::fs::{MemfdFlags, fstat, memfd_create};

    use super::*;

    #[test]
    fn packets_bring_file_descriptors_and_then_the_end() {
        let (ours, theirs) = netipc_floor::socket::pair().expect("two sockets");
        let (ours, theirs) = (Control(ours), Control(theirs));
        let file = memfd_create("test", MemfdFlags::CLOEXEC).expect("a file");
        ours.send_with(HELLO, &[file.as_fd()]).expect("it is connected");
        ours.send(CPU).expect("it is connected");
        let (packet, fd) = theirs.receive_with().expect("it was sent");
        assert_eq!(packet, HELLO);
        let inode = |file: &OwnedFd| fstat(file).expect("it is open").st_ino;
        assert_eq!(inode(&fd.expect("it came along")), inode(&file));
        assert_eq!(theirs.receive().expect("it was sent"), CPU);
        drop(ours);
        assert_eq!(theirs.receive().expect("the end"), b"");
    }

    #[test]
    fn cpu_time_passes_with_work() {
        let start = cpu_time();
        while cpu_time() == start {
            std::hint::spin_loop();
        }
    }
}
