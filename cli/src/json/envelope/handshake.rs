//! HELLO and HELLO_ACK.

use netipc::transport::Profiles;
use netipc::transport::envelope::{EnvelopeError, Hello, HelloAck, VERSION};
use netipc_wire::zerocopy::IntoBytes;
use serde::{Deserialize, Serialize};

use super::super::via::object;
use super::{Fixed, Structure};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct HelloJson {
    layout_version: u16,
    flags: u16,
    supported_profiles: u32,
    preferred_profiles: u32,
    max_request_payload_bytes: u32,
    max_request_batch_items: u32,
    max_response_payload_bytes: u32,
    max_response_batch_items: u32,
    auth_token: u64,
    packet_size: u32,
}

object!(HelloJson as HelloJson);

impl Structure for HelloJson {
    const LEN: usize = Hello::LEN;
    const FIXED: &'static [Fixed] = &[
        Fixed::new("layout_version", 0, VERSION as u64),
        Fixed::new("flags", 2, 0),
        Fixed::new("padding", 28, 0),
    ];

    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let hello = Hello::decode(bytes)?;
        Ok(Self {
            layout_version: VERSION,
            flags: 0,
            supported_profiles: hello.supported_profiles.bits(),
            preferred_profiles: hello.preferred_profiles.bits(),
            max_request_payload_bytes: hello.max_request_payload_bytes,
            max_request_batch_items: hello.max_request_batch_items,
            max_response_payload_bytes: hello.max_response_payload_bytes,
            max_response_batch_items: hello.max_response_batch_items,
            auth_token: hello.auth_token,
            packet_size: hello.packet_size,
        })
    }

    fn write(&self) -> Vec<u8> {
        let hello = Hello {
            supported_profiles: Profiles::from_bits(self.supported_profiles),
            preferred_profiles: Profiles::from_bits(self.preferred_profiles),
            max_request_payload_bytes: self.max_request_payload_bytes,
            max_request_batch_items: self.max_request_batch_items,
            max_response_payload_bytes: self.max_response_payload_bytes,
            max_response_batch_items: self.max_response_batch_items,
            auth_token: self.auth_token,
            packet_size: self.packet_size,
        };
        hello.encode().into()
    }

    fn fixed(&self) -> Vec<&[u8]> {
        vec![self.layout_version.as_bytes(), self.flags.as_bytes()]
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct HelloAckJson {
    layout_version: u16,
    flags: u16,
    server_supported_profiles: u32,
    intersection_profiles: u32,
    selected_profile: u32,
    agreed_max_request_payload_bytes: u32,
    agreed_max_request_batch_items: u32,
    agreed_max_response_payload_bytes: u32,
    agreed_max_response_batch_items: u32,
    agreed_packet_size: u32,
    session_id: u64,
}

object!(HelloAckJson as HelloAckJson);

impl Structure for HelloAckJson {
    const LEN: usize = HelloAck::LEN;
    const FIXED: &'static [Fixed] =
        &[Fixed::new("layout_version", 0, VERSION as u64), Fixed::new("flags", 2, 0)];

    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let ack = HelloAck::decode(bytes)?;
        Ok(Self {
            layout_version: VERSION,
            flags: 0,
            server_supported_profiles: ack.server_supported_profiles.bits(),
            intersection_profiles: ack.intersection_profiles.bits(),
            selected_profile: ack.selected_profile.bits(),
            agreed_max_request_payload_bytes: ack.agreed_max_request_payload_bytes,
            agreed_max_request_batch_items: ack.agreed_max_request_batch_items,
            agreed_max_response_payload_bytes: ack.agreed_max_response_payload_bytes,
            agreed_max_response_batch_items: ack.agreed_max_response_batch_items,
            agreed_packet_size: ack.agreed_packet_size,
            session_id: ack.session_id,
        })
    }

    fn write(&self) -> Vec<u8> {
        let ack = HelloAck {
            server_supported_profiles: Profiles::from_bits(self.server_supported_profiles),
            intersection_profiles: Profiles::from_bits(self.intersection_profiles),
            selected_profile: Profiles::from_bits(self.selected_profile),
            agreed_max_request_payload_bytes: self.agreed_max_request_payload_bytes,
            agreed_max_request_batch_items: self.agreed_max_request_batch_items,
            agreed_max_response_payload_bytes: self.agreed_max_response_payload_bytes,
            agreed_max_response_batch_items: self.agreed_max_response_batch_items,
            agreed_packet_size: self.agreed_packet_size,
            session_id: self.session_id,
        };
        ack.encode().into()
    }

    fn fixed(&self) -> Vec<&[u8]> {
        vec![self.layout_version.as_bytes(), self.flags.as_bytes()]
    }
}
