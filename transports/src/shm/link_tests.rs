use std::cell::RefCell;

use super::*;
use crate::shm::Layout;

/// Memory of its own, and a peer that sends one message and goes while this side waits for it.
struct Leaving {
    geometry: Geometry,
    memory: RefCell<Vec<u8>>,
    published: AtomicU64,
    len: AtomicU32,
    has_left: bool,
}

const PAYLOAD: &[u8] = b"its last words";

impl Leaving {
    fn new() -> Self {
        let geometry =
            Geometry::for_limits(Layout { header: 64, longest_message: 1 << 20 }, 100, 100).unwrap();
        let memory = RefCell::new(vec![0; usize::try_from(geometry.len()).unwrap()]);
        Self { geometry, memory, published: AtomicU64::new(0), len: AtomicU32::new(0), has_left: false }
    }

    fn leave(&mut self) {
        let at = self.geometry.area(Direction::Request).offset as usize;
        let len = u32::try_from(PAYLOAD.len()).unwrap();
        self.copy_in(at, &MessageHeader::request(1, 1, len).encode()).unwrap();
        self.copy_in(at + HEADER_LEN, PAYLOAD).unwrap();
        self.publish(Direction::Request, 1, len + MESSAGE_HEADER);
        self.has_left = true;
    }
}

impl Sharing for Leaving {
    type Pace = ();

    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()> {
        self.memory.borrow_mut().get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()> {
        bytes.copy_from_slice(self.memory.borrow().get(at..at + bytes.len())?);
        Some(())
    }

    fn sequence(&self, _direction: Direction) -> Option<Sequence<'_, AtomicU32, AtomicU64>> {
        Some(Sequence { seq: &self.published, len: &self.len })
    }

    fn publish(&self, direction: Direction, number: u64, len: u32) {
        self.sequence(direction).unwrap().announce(number, len, |_| {});
    }

    fn most_looks(&self) -> u32 {
        0
    }

    fn several_cpus(&self) -> bool {
        false
    }

    /// Tells once that something has happened to the peer, as an alarm does that was heard.
    fn wait(
        &mut self,
        _direction: Direction,
        _number: u64,
        _left: Option<Duration>,
        (): &mut (),
    ) -> Result<Waited, ReceiveError> {
        assert!(!self.has_left, "it waits for a peer that has gone");
        self.leave();
        Ok(Waited::LookAround)
    }

    fn peer(&mut self) -> io::Result<Peer> {
        Ok(if self.has_left { Peer::Closed } else { Peer::Present })
    }

    fn is_aborted(&self) -> bool {
        false
    }

    fn is_reading_over(&self) -> bool {
        false
    }

    fn lost(&self) -> Option<io::Error> {
        None
    }

    fn is_unchanged(&self, _direction: Direction, _number: u64, _len: u32) -> bool {
        true
    }

    fn shut_down(&mut self) {}
}

#[test]
fn the_end_of_a_peer_that_is_seen_with_its_last_message_is_not_waited_for_again() {
    let mut server = Shm::serve(Leaving::new(), Waiting::BLOCK);
    let mut buffer = Buffer::default();
    let header = server.receive(&mut buffer, |_| Ok(()), Deadline::NEVER).unwrap();
    assert_eq!(buffer.payload(header.payload_len as usize), PAYLOAD);
    let next = server.receive(&mut buffer, |_| Ok(()), Deadline::NEVER);
    assert!(matches!(next, Err(ReceiveError::Closed)), "{next:?}");
}
