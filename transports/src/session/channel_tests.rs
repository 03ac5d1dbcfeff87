//! Framing without a socket: what a channel makes of packets that come, and which packets it makes.

use std::collections::VecDeque;

use super::*;
use crate::Status;
use crate::chunking::Chunked;
use crate::envelope::{BATCH, ChunkHeader, EnvelopeError};
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};

/// Packets that come in, packets that went out.
#[derive(Debug, Default)]
struct Script {
    incoming: VecDeque<Result<Vec<u8>, PacketError>>,
    outgoing: Vec<Vec<u8>>,
    /// Sends fail with this once so many packets went out.
    failure: Option<(usize, PacketError)>,
    is_shut_down: bool,
}

impl Packets for Script {
    fn packet_size(&self, configured: u32) -> u32 {
        configured
    }

    fn send(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        _deadline: Deadline,
    ) -> Result<(), PacketError> {
        if let Some((_, error)) = self.failure.take_if(|(after, _)| *after == self.outgoing.len()) {
            return Err(error);
        }
        self.outgoing.push([&header[..], payload].concat());
        Ok(())
    }

    fn receive(&mut self, packet: &mut [u8], deadline: Deadline) -> Result<Received, PacketError> {
        let (header, payload) = packet.split_first_chunk_mut().unwrap();
        self.receive_parts(header, payload, deadline)
    }

    fn receive_parts(
        &mut self,
        header: &mut [u8; HEADER_LEN],
        payload: &mut [u8],
        _deadline: Deadline,
    ) -> Result<Received, PacketError> {
        let packet = self.incoming.pop_front().unwrap_or(Err(PacketError::Closed))?;
        let (head, body) = packet.split_at(packet.len().min(HEADER_LEN));
        let body = &body[..body.len().min(payload.len())];
        header[..head.len()].copy_from_slice(head);
        payload[..body.len()].copy_from_slice(body);
        let received = head.len() + body.len();
        Ok(Received::new(received, received < packet.len()))
    }

    fn shut_down(&mut self) {
        self.is_shut_down = true;
    }

    fn linger(&mut self, _deadline: Deadline) {}
}

const PACKET_SIZE: u32 = 32 + 40;

/// A server's end with packets of 40 payload bytes, messages of up to 100, batches of up to 4.
fn channel(incoming: impl IntoIterator<Item = Vec<u8>>) -> Channel<Chunked<Script>> {
    let script = Script { incoming: incoming.into_iter().map(Ok).collect(), ..Script::default() };
    let limits = Limits::new(100, 4);
    Channel::new(Chunked::new(script, PACKET_SIZE, 100), Kind::Request, limits, limits)
}

fn request(payload: &[u8]) -> MessageHeader {
    MessageHeader::request(3, 9, payload.len() as u32)
}

fn packet(header: &MessageHeader, payload: &[u8]) -> Vec<u8> {
    [&header.encode()[..], payload].concat()
}

/// The packets of a message, as a channel sends them.
fn packets(payload: &[u8]) -> Vec<Vec<u8>> {
    let mut sender = channel([]);
    sender.send(&request(payload), payload, Deadline::NEVER).unwrap();
    std::mem::take(&mut sender.link.packets.outgoing)
}

fn receive(channel: &mut Channel<Chunked<Script>>) -> Result<MessageHeader, ReceiveError> {
    channel.receive(|_| Ok(()), Deadline::NEVER)
}

fn violation(channel: &mut Channel<Chunked<Script>>) -> Violation {
    match receive(channel) {
        Err(ReceiveError::Violation { violation, .. }) => violation,
        other => panic!("{other:?}"),
    }
}

fn counting(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

#[test]
fn a_message_travels_whole_at_every_length() {
    for len in 0..=100 {
        let payload = counting(len);
        let mut channel = channel(packets(&payload));
        assert_eq!(receive(&mut channel).unwrap(), request(&payload));
        assert_eq!(channel.payload(), payload, "{len} bytes");
    }
}

#[test]
fn messages_follow_one_another_in_one_buffer() {
    let (long, short) = (counting(100), vec![7; 3]);
    let mut channel = channel([packets(&long), packets(&short), packets(&long)].concat());
    for payload in [&long, &short, &long] {
        receive(&mut channel).unwrap();
        assert_eq!(channel.payload(), payload);
    }
    assert!(matches!(receive(&mut channel), Err(ReceiveError::Closed)));
}

#[test]
fn nothing_is_allocated_before_a_message_has_announced_its_length() {
    let payload = counting(100);
    let mut channel = channel(packets(&payload));
    assert_eq!(channel.buffer.payload_capacity(), 0);
    receive(&mut channel).unwrap();
    assert_eq!(channel.buffer.payload_capacity(), 100);
}

#[test]
fn a_message_over_the_payload_limit_is_an_overflow_that_can_be_answered() {
    let mut channel = channel([packet(&request(&[0; 101]), &[0; 101])]);
    let error = receive(&mut channel).unwrap_err();
    assert_eq!(error.header(), Some(request(&[0; 101])));
    let limit = Limit::Payload { bytes: 101, limit: 100 };
    assert!(matches!(error, ReceiveError::Overflow { limit: found, .. } if found == limit));
    assert_eq!(channel.buffer.payload_capacity(), 40);

    let answer = request(&[]).response(Status::LimitExceeded, 0);
    channel.check_outgoing(&answer, &[]).unwrap();
    channel.send(&answer, &[], Deadline::NEVER).unwrap();
    assert!(matches!(receive(&mut channel), Err(ReceiveError::SessionEnded)));
}

#[test]
fn a_message_over_the_item_limit_is_an_overflow() {
    let header = MessageHeader { item_count: 5, ..request(&[]) };
    let error = receive(&mut channel([packet(&header, &[])])).unwrap_err();
    let limit = Limit::Items { count: 5, limit: 4 };
    assert!(matches!(error, ReceiveError::Overflow { limit: found, .. } if found == limit));
}

#[test]
fn a_status_does_not_lift_the_item_limit_of_a_request() {
    let header = MessageHeader { item_count: 5, transport_status: Status::InternalError, ..request(&[]) };
    let error = receive(&mut channel([packet(&header, &[])])).unwrap_err();
    assert!(matches!(error, ReceiveError::Overflow { .. }));
}

#[test]
fn a_single_message_may_carry_any_item_count_up_to_the_limit() {
    for item_count in 0..=4 {
        let header = MessageHeader { item_count, ..request(&[]) };
        assert_eq!(receive(&mut channel([packet(&header, &[])])).unwrap(), header);
    }
}

#[test]
fn unknown_flags_and_the_status_of_a_request_are_handed_on() {
    let header = MessageHeader { flags: 0xfffe, transport_status: Status::Other(99), ..request(&[]) };
    assert_eq!(receive(&mut channel([packet(&header, &[])])).unwrap(), header);
}

#[test]
fn a_malformed_header_is_a_violation() {
    let mut bytes = packet(&request(&[]), &[]);
    bytes[0] = 0;
    let error = MessageHeader::decode(&bytes).unwrap_err();
    assert_eq!(violation(&mut channel([bytes])), Violation::Envelope(error));
}

#[test]
fn a_packet_shorter_than_a_header_is_a_violation() {
    for len in 1..32 {
        let found = violation(&mut channel([vec![0x4e; len]]));
        assert!(matches!(found, Violation::Envelope(error) if error.field() == "length"), "{found:?}");
    }
}

#[test]
fn what_travels_the_other_way_is_a_violation() {
    for kind in [Kind::Response, Kind::Control] {
        let found = violation(&mut channel([packet(&MessageHeader { kind, ..request(&[]) }, &[])]));
        assert_eq!(found, Violation::Direction { kind });
    }
}

#[test]
fn more_payload_than_announced_is_a_violation() {
    let found = violation(&mut channel([packet(&request(&[0; 10]), &[0; 11])]));
    assert_eq!(found, Violation::PayloadLength { announced: 10, received: 11 });
}

#[test]
fn a_packet_larger_than_agreed_is_a_violation() {
    assert_eq!(violation(&mut channel([packet(&request(&[0; 41]), &[0; 41])])), Violation::PacketTooLarge);
}

#[test]
fn a_continuation_larger_than_agreed_is_a_violation() {
    let mut packets = packets(&[0; 100]);
    packets[1].push(0);
    assert_eq!(violation(&mut channel(packets)), Violation::PacketTooLarge);
}

#[test]
fn a_message_between_chunks_is_a_violation() {
    let mut packets = packets(&[0; 100]);
    packets.insert(1, packet(&request(&[]), &[]));
    let found = violation(&mut channel(packets));
    assert!(matches!(found, Violation::Envelope(error) if error.field() == "magic"), "{found:?}");
}

#[test]
fn a_chunk_without_a_message_is_a_violation() {
    let packets = packets(&[0; 100]);
    let found = violation(&mut channel(packets.into_iter().skip(1)));
    assert!(matches!(found, Violation::Envelope(error) if error.field() == "magic"), "{found:?}");
}

#[test]
fn a_violation_ends_the_session_for_the_peer_too() {
    let mut channel = channel([vec![0; 32], packet(&request(&[]), &[])]);
    violation(&mut channel);
    assert!(channel.is_ended() && channel.link.packets.is_shut_down);
    assert!(matches!(receive(&mut channel), Err(ReceiveError::SessionEnded)));
    assert!(matches!(channel.check_outgoing(&request(&[]), &[]), Err(SendError::SessionEnded)));
}

#[test]
fn an_end_between_messages_is_in_order_and_one_within_is_not() {
    let mut packets = packets(&[0; 100]);
    packets.pop();
    assert!(matches!(receive(&mut channel([])), Err(ReceiveError::Closed)));
    assert!(matches!(receive(&mut channel(packets)), Err(ReceiveError::Broken { mid_message: true })));
}

#[test]
fn a_reset_is_not_in_order() {
    let mut channel = channel([]);
    channel.link.packets.incoming.push_back(Err(PacketError::Reset));
    assert!(matches!(receive(&mut channel), Err(ReceiveError::Broken { mid_message: false })));
}

#[test]
fn a_deadline_between_packets_loses_nothing() {
    let payload = counting(100);
    let mut channel = channel([]);
    for packet in packets(&payload) {
        channel.link.packets.incoming.push_back(Err(PacketError::TimedOut));
        channel.link.packets.incoming.push_back(Ok(packet));
    }
    for _ in 0..3 {
        assert!(matches!(receive(&mut channel), Err(ReceiveError::TimedOut)));
        assert_eq!(channel.payload(), []);
    }
    receive(&mut channel).unwrap();
    assert_eq!(channel.payload(), payload);
}

#[test]
fn a_deadline_before_anything_went_out_leaves_the_session_open() {
    let mut channel = channel([]);
    channel.link.packets.failure = Some((0, PacketError::TimedOut));
    let (header, payload) = (request(&[0; 100]), [0; 100]);
    assert!(matches!(channel.send(&header, &payload, Deadline::NEVER), Err(SendError::TimedOut)));
    assert!(!channel.is_ended());
    channel.send(&header, &payload, Deadline::NEVER).unwrap();
    assert_eq!(channel.link.packets.outgoing.len(), 3);
}

#[test]
fn a_deadline_in_the_middle_of_a_message_ends_the_session() {
    let mut channel = channel([]);
    channel.link.packets.failure = Some((1, PacketError::TimedOut));
    let sent = channel.send(&request(&[0; 100]), &[0; 100], Deadline::NEVER);
    assert!(matches!(sent, Err(SendError::TimedOut)));
    assert!(channel.is_ended());
}

#[test]
fn a_message_that_is_kept_goes_on_at_the_packet_that_had_no_room() {
    for packets_out in 0..3 {
        let mut channel = channel([]);
        let (header, payload) = (request(&[0; 100]), counting(100));
        channel.link.packets.failure = Some((packets_out, PacketError::TimedOut));
        channel.try_send(&header, &payload).unwrap();
        assert!(channel.has_unsent());
        assert_eq!(channel.link.packets.outgoing.len(), packets_out);
        channel.flush(Deadline::NEVER).unwrap();
        assert!(!channel.has_unsent());
        assert_eq!(channel.link.packets.outgoing, packets(&payload));
    }
}

#[test]
fn a_flush_that_fails_ends_what_a_send_that_fails_ends() {
    let mut channel = channel([]);
    channel.link.packets.failure = Some((1, PacketError::TimedOut));
    channel.try_send(&request(&[0; 100]), &[0; 100]).unwrap();
    channel.link.packets.failure = Some((1, PacketError::Aborted));
    assert!(matches!(channel.flush(Deadline::NEVER), Err(SendError::Aborted)));
    assert!(channel.is_ended() && !channel.has_unsent());
    assert!(matches!(channel.flush(Deadline::NEVER), Err(SendError::SessionEnded)));
}

#[test]
fn after_a_peer_has_gone_what_it_sent_is_still_received() {
    let mut channel = channel(packets(&[1, 2, 3]));
    channel.link.packets.failure = Some((0, PacketError::Closed));
    let sent = channel.send(&request(&[]), &[], Deadline::NEVER);
    assert!(matches!(sent, Err(SendError::Disconnected)));
    assert!(matches!(channel.check_outgoing(&request(&[]), &[]), Err(SendError::Disconnected)));
    receive(&mut channel).unwrap();
    assert_eq!(channel.payload(), [1, 2, 3]);
    assert!(matches!(receive(&mut channel), Err(ReceiveError::Closed)));
    assert!(matches!(channel.check_outgoing(&request(&[]), &[]), Err(SendError::SessionEnded)));
}

#[test]
fn outgoing_messages_obey_the_limits_before_anything_goes_out() {
    let channel = channel([]);
    assert!(channel.check_outgoing(&request(&[0; 100]), &[0; 100]).is_ok());
    let found = channel.check_outgoing(&request(&[0; 101]), &[0; 101]);
    let limit = Limit::Payload { bytes: 101, limit: 100 };
    assert!(matches!(found, Err(SendError::OverLimit(found)) if found == limit));
    let found = channel.check_outgoing(&request(&[]).with_batch(5), &[]);
    let limit = Limit::Items { count: 5, limit: 4 };
    assert!(matches!(found, Err(SendError::OverLimit(found)) if found == limit));
    assert!(matches!(channel.check_outgoing(&request(&[]).with_batch(0), &[]), Err(SendError::EmptyBatch)));
}

#[test]
fn a_malformed_batch_is_a_violation_that_can_be_answered() {
    let header = request(&[0; 8]).with_batch(2);
    let mut channel = channel([packet(&header, &[0; 8])]);
    let error = receive(&mut channel).unwrap_err();
    assert!(matches!(error, ReceiveError::Violation { violation: Violation::Batch(_), .. }), "{error:?}");
    assert_eq!(error.header(), Some(header));
    assert_eq!(channel.payload(), []);
    assert!(channel.check_outgoing(&header.response(Status::BadEnvelope, 0), &[]).is_ok());
}

#[test]
fn a_response_that_is_not_ok_has_nothing_to_check_behind_its_header() {
    let limits = Limits::new(100, 4);
    let header = MessageHeader {
        flags: BATCH,
        item_count: 1_000,
        ..request(&[0; 4]).response(Status::BadEnvelope, 4)
    };
    let script = Script { incoming: [Ok(packet(&header, &[0; 4]))].into(), ..Script::default() };
    let mut channel = Channel::new(Chunked::new(script, PACKET_SIZE, 100), Kind::Response, limits, limits);
    assert_eq!(receive(&mut channel).unwrap(), header);
    assert!(channel.message(header).items().is_none());
}

#[test]
fn what_the_caller_does_not_expect_is_a_violation() {
    let mut channel = channel(packets(&[]));
    let received =
        channel.receive(|header| Err(Violation::UnknownMessageId(header.message_id)), Deadline::NEVER);
    let violation = Violation::UnknownMessageId(9);
    assert!(matches!(received, Err(ReceiveError::Violation { violation: found, .. }) if found == violation));
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    /// Packets that look like something: arbitrary bytes, or headers with arbitrary numbers in the right places.
    fn any_packet() -> impl Strategy<Value = Vec<u8>> {
        let bytes = prop::collection::vec(any::<u8>(), 0..120);
        let message = (0u16..5, any::<u16>(), 0u32..200, 0u32..8, prop::collection::vec(any::<u8>(), 0..80));
        let message = message.prop_map(|(kind, flags, payload_len, item_count, payload)| {
            let kind = Kind::from_wire(kind).unwrap_or(Kind::Request);
            packet(&MessageHeader { kind, flags, payload_len, item_count, ..request(&[]) }, &payload)
        });
        let chunk = (0u32..4, 0u32..5, 0u32..200, prop::collection::vec(any::<u8>(), 0..60));
        let chunk = chunk.prop_map(|(chunk_index, chunk_count, total, payload)| {
            let header = ChunkHeader {
                message_id: 9,
                total_message_len: total,
                chunk_index,
                chunk_count,
                chunk_payload_len: payload.len() as u32,
            };
            [&header.encode()[..], &payload].concat()
        });
        prop_oneof![bytes, message, chunk]
    }

    proptest! {
        #[test]
        fn no_packets_lead_to_more_than_the_limits(incoming in prop::collection::vec(any_packet(), 0..12)) {
            let mut channel = channel(incoming);
            while let Ok(header) = receive(&mut channel) {
                prop_assert_eq!(channel.payload().len(), header.payload_len as usize);
                prop_assert!(header.payload_len <= 100 && header.item_count <= 4);
                if let Some(batch) = channel.message(header).items() {
                    prop_assert_eq!(batch.iter().count(), header.item_count as usize);
                }
                prop_assert!(channel.buffer.payload_capacity() <= 100);
            }
            prop_assert!(channel.buffer.payload_capacity() <= 100);
        }

        #[test]
        fn no_bytes_break_a_decoder(bytes in prop::collection::vec(any::<u8>(), 0..100), item_count: u32) {
            let _: Result<_, EnvelopeError> = MessageHeader::decode(&bytes);
            let _ = ChunkHeader::decode(&bytes);
            let _ = crate::envelope::Hello::decode(&bytes);
            let _ = crate::envelope::HelloAck::decode(&bytes);
            if let Ok(batch) = Batch::decode(&bytes, item_count) {
                prop_assert_eq!(batch.iter().count(), item_count as usize);
            }
        }
    }
}
