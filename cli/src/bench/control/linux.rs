//! A socket, which is the peer's standard input.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, Stdio};

use netipc_floor::{Offer, socket};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use shared_child::SharedChild;

use super::{HELLO, LONGEST};

/// One end.
#[derive(Debug)]
pub(in super::super) struct Control(OwnedFd);

impl Control {
    /// Starts a process that has the other end.
    pub(in super::super) fn spawn(mut command: Command) -> io::Result<(SharedChild, Self)> {
        let (ours, theirs) = socket::pair()?;
        let child = SharedChild::spawn(command.stdin(theirs).stdout(Stdio::null()))?;
        Ok((child, Self(ours)))
    }

    /// The end of a process that was started so.
    pub(in super::super) fn of_this_process() -> io::Result<Self> {
        Ok(Self(io::stdin().as_fd().try_clone_to_owned()?))
    }

    /// Says [`HELLO`], and hands this over.
    pub(in super::super) fn greet(&mut self, floor: &Offer) -> io::Result<()> {
        self.send_with(HELLO, &[floor.as_fd()])
    }

    /// What came with the [`HELLO`], if that is what comes.
    pub(in super::super) fn greeted(&mut self) -> io::Result<Option<Offer>> {
        let (packet, floor) = self.receive_with()?;
        Ok(floor.filter(|_| packet == HELLO))
    }

    pub(in super::super) fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.send_with(packet, &[])
    }

    fn send_with(&self, packet: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
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
    pub(in super::super) fn receive(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.receive_with()?.0)
    }

    /// The next packet, and the file descriptor that came with it.
    fn receive_with(&self) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
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

#[cfg(test)]
mod tests {
    use rustix::fs::{MemfdFlags, fstat, memfd_create};

    use super::super::CPU;
    use super::*;

    fn ends() -> (Control, Control) {
        let (ours, theirs) = socket::pair().expect("two sockets");
        (Control(ours), Control(theirs))
    }

    #[test]
    fn a_greeting_brings_a_file_descriptor_and_packets_follow_until_the_end() {
        let (mut ours, mut theirs) = ends();
        let file = memfd_create("test", MemfdFlags::CLOEXEC).expect("a file");
        ours.greet(&file).expect("it is connected");
        ours.send(CPU).expect("it is connected");
        let inode = |file: &OwnedFd| fstat(file).expect("it is open").st_ino;
        let came = theirs.greeted().expect("it was sent").expect("it came along");
        assert_eq!(inode(&came), inode(&file));
        assert_eq!(theirs.receive().expect("it was sent"), CPU);
        drop(ours);
        assert_eq!(theirs.receive().expect("the end"), b"");
    }

    #[test]
    fn what_is_no_greeting_is_told_apart() {
        let (mut ours, mut theirs) = ends();
        for packet in [CPU, HELLO] {
            ours.send(packet).expect("it is connected");
            assert!(theirs.greeted().expect("it was sent").is_none());
        }
    }
}
