//! The peer's standard input and output, which are pipes. A packet goes behind its length.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Command, Stdio};

use netipc_floor::Offer;
use shared_child::SharedChild;

use super::{HELLO, LONGEST};

/// One end.
pub(in super::super) struct Control {
    to: Box<dyn Write + Send>,
    from: Box<dyn Read + Send>,
}

impl Control {
    /// Starts a process that has the other end.
    pub(in super::super) fn spawn(mut command: Command) -> io::Result<(SharedChild, Self)> {
        let child = SharedChild::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let (Some(to), Some(from)) = (child.take_stdin(), child.take_stdout()) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        Ok((child, Self { to: Box::new(to), from: Box::new(from) }))
    }

    /// The end of a process that was started so.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
    pub(in super::super) fn of_this_process() -> io::Result<Self> {
        Ok(Self { to: Box::new(io::stdout()), from: Box::new(io::stdin()) })
    }

    /// Says [`HELLO`], and what the name of this is.
    pub(in super::super) fn greet(&mut self, floor: &Offer) -> io::Result<()> {
        self.send(&[HELLO, floor.as_bytes()].concat())
    }

    /// The name that came with the [`HELLO`], if that is what comes.
    pub(in super::super) fn greeted(&mut self) -> io::Result<Option<Offer>> {
        let packet = self.receive()?;
        let name = packet.strip_prefix(HELLO).map(<[u8]>::to_vec);
        Ok(name.and_then(|name| String::from_utf8(name).ok()).filter(|name| !name.is_empty()))
    }

    pub(in super::super) fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let packet = &packet[..packet.len().min(LONGEST)];
        let len = u32::try_from(packet.len()).map_err(io::Error::other)?;
        self.to.write_all(&[&len.to_ne_bytes(), packet].concat())?;
        self.to.flush()
    }

    /// The next packet; an empty one is the end.
    pub(in super::super) fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut len = [0; 4];
        match self.from.read_exact(&mut len) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(Vec::new()),
            read => read?,
        }
        let len = u32::from_ne_bytes(len) as usize;
        if len > LONGEST {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut packet = vec![0; len];
        self.from.read_exact(&mut packet)?;
        Ok(packet)
    }
}

#[cfg(test)]
mod tests {
    use super::super::CPU;
    use super::*;

    /// Two ends.
    fn ends() -> (Control, Control) {
        let (from_ours, to_theirs) = io::pipe().expect("a pipe");
        let (from_theirs, to_ours) = io::pipe().expect("a pipe");
        let ours = Control { to: Box::new(to_theirs), from: Box::new(from_theirs) };
        (ours, Control { to: Box::new(to_ours), from: Box::new(from_ours) })
    }

    #[test]
    fn a_greeting_brings_a_name_and_packets_follow_until_the_end() {
        let (mut ours, mut theirs) = ends();
        ours.greet(&"name".to_owned()).expect("it is connected");
        ours.send(CPU).expect("it is connected");
        assert_eq!(theirs.greeted().expect("it was sent").as_deref(), Some("name"));
        assert_eq!(theirs.receive().expect("it was sent"), CPU);
        theirs.send(b"answer").expect("it is connected");
        assert_eq!(ours.receive().expect("it was sent"), b"answer");
        drop(ours);
        assert_eq!(theirs.receive().expect("the end"), b"");
    }

    #[test]
    fn what_is_no_greeting_is_told_apart() {
        let (mut ours, mut theirs) = ends();
        for packet in [CPU, HELLO, &[HELLO, b"\xff"].concat()] {
            ours.send(packet).expect("it is connected");
            assert!(theirs.greeted().expect("it was sent").is_none());
        }
    }

    #[test]
    fn a_packet_that_is_too_long_or_that_ends_early_is_an_error() {
        for (bytes, kind) in [
            (u32::MAX.to_ne_bytes().to_vec(), ErrorKind::InvalidData),
            ([&8u32.to_ne_bytes()[..], b"short"].concat(), ErrorKind::UnexpectedEof),
        ] {
            let mut control = Control { to: Box::new(io::sink()), from: Box::new(io::Cursor::new(bytes)) };
            assert_eq!(control.receive().expect_err("no packet").kind(), kind);
        }
    }
}
