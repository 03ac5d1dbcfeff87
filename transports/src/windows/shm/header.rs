//! The header of a region.
//!
//! ```text
//! at  size  field                     at  size  field
//!  0     4  magic "NSWH"              36     4  req_len
//!  4     4  version                   40     4  resp_len
//!  8     4  header_len                44     4  req_client_closed
//! 12     4  profile                   48     4  req_server_waiting
//! 16     4  request_offset            52     4  resp_server_closed
//! 20     4  request_capacity          56     4  resp_client_waiting
//! 24     4  response_offset           60     4  padding
//! 28     4  response_capacity         64     8  req_seq
//! 32     4  spin_tries                72     8  resp_seq
//!                                     80    48  reserved
//! ```
//!
//! What stands before `req_len` is written once, by the server; the rest is zero at first. The contract counts `req_len` and
//! what follows as signed.

use crate::Profiles;
use crate::shm::{Area, Geometry, Layout, RegionFault};

const MAGIC: u32 = 0x4e53_5748;
const VERSION: u32 = 3;

/// Bytes of the header.
pub(super) const HEADER_LEN: usize = 128;

/// [`HEADER_LEN`], as it stands in the header.
const ANNOUNCED_LEN: u32 = 128;
const _: () = assert!(HEADER_LEN == ANNOUNCED_LEN as usize);

/// Lengths are signed.
pub(super) const LAYOUT: Layout = Layout { header: ANNOUNCED_LEN, longest_message: i32::MAX as u32 };

/// Words of 4 bytes that are written once, from the header's start.
pub(super) const CONSTANTS: usize = 9;

/// The words that both sides read and write while the session lives.
pub(super) mod at {
    pub(in crate::windows::shm) const REQ_LEN: usize = 36;
    pub(in crate::windows::shm) const RESP_LEN: usize = 40;
    pub(in crate::windows::shm) const REQ_CLIENT_CLOSED: usize = 44;
    pub(in crate::windows::shm) const REQ_SERVER_WAITING: usize = 48;
    pub(in crate::windows::shm) const RESP_SERVER_CLOSED: usize = 52;
    pub(in crate::windows::shm) const RESP_CLIENT_WAITING: usize = 56;
    pub(in crate::windows::shm) const REQ_SEQ: usize = 64;
    pub(in crate::windows::shm) const RESP_SEQ: usize = 72;
}

/// What a header says for the life of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) geometry: Geometry,
    /// How often a receiver is to look before it waits.
    pub(super) spin_tries: u32,
}

impl Header {
    /// The words of the header of a region of this profile.
    pub(super) fn encode(&self, profile: Profiles) -> [u32; CONSTANTS] {
        let Geometry { request, response } = self.geometry;
        [
            MAGIC,
            VERSION,
            ANNOUNCED_LEN,
            profile.bits(),
            request.offset,
            request.capacity,
            response.offset,
            response.capacity,
            self.spin_tries,
        ]
    }

    /// Reads the header of a region of `mapped` bytes, which has to be of this profile.
    pub(super) fn decode(
        words: [u32; CONSTANTS],
        profile: Profiles,
        mapped: u64,
    ) -> Result<Self, RegionFault> {
        let [magic, version, header_len, found, words @ ..] = words;
        if magic != MAGIC {
            return Err(RegionFault::BadMagic(magic));
        }
        if version != VERSION {
            return Err(RegionFault::BadVersion(version));
        }
        if header_len != ANNOUNCED_LEN {
            return Err(RegionFault::BadHeaderLength(header_len));
        }
        if found != profile.bits() {
            return Err(RegionFault::BadProfile(found));
        }
        let [request_offset, request_capacity, response_offset, response_capacity, spin_tries] = words;
        let geometry = Geometry {
            request: Area { offset: request_offset, capacity: request_capacity },
            response: Area { offset: response_offset, capacity: response_capacity },
        };
        Ok(Self { geometry: geometry.checked(LAYOUT, mapped)?, spin_tries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header { geometry: Geometry::for_limits(LAYOUT, 1_000, 5_000).unwrap(), spin_tries: 1_024 }
    }

    fn decode(words: [u32; CONSTANTS], mapped: u64) -> Result<Header, RegionFault> {
        Header::decode(words, Profiles::SHM_HYBRID, mapped)
    }

    #[test]
    fn what_a_server_writes_is_what_a_client_reads() {
        let len = header().geometry.len();
        assert_eq!(decode(header().encode(Profiles::SHM_HYBRID), len), Ok(header()));
    }

    #[test]
    fn the_fields_stand_where_the_contract_has_them() {
        let words = header().encode(Profiles::SHM_HYBRID);
        assert_eq!(words, [0x4e53_5748, 3, 128, 2, 128, 1_088, 1_216, 5_056, 1_024]);
        assert_eq!(header().encode(Profiles::SHM_BUSYWAIT)[3], 4);
    }

    #[test]
    fn each_wrong_field_has_an_error_of_its_own() {
        let wrong = |index: usize, value: u32| {
            let mut words = header().encode(Profiles::SHM_HYBRID);
            words[index] = value;
            decode(words, 1 << 20).unwrap_err().name()
        };
        assert_eq!(wrong(0, 0), "bad magic");
        assert_eq!(wrong(1, 4), "bad version");
        assert_eq!(wrong(2, 64), "bad header length");
        assert_eq!(wrong(3, 4), "bad profile");
        assert_eq!(wrong(4, 64), "not ready");
        assert_eq!(wrong(4, 129), "bad size");
    }

    #[test]
    fn areas_that_end_behind_the_view_have_a_bad_size() {
        let (words, len) = (header().encode(Profiles::SHM_HYBRID), header().geometry.len());
        assert_eq!(decode(words, len - 1).unwrap_err().name(), "bad size");
    }

    #[test]
    fn whatever_spin_tries_a_server_writes_are_read() {
        let mut words = header().encode(Profiles::SHM_HYBRID);
        words[8] = u32::MAX;
        assert_eq!(decode(words, 1 << 20).unwrap().spin_tries, u32::MAX);
    }
}
