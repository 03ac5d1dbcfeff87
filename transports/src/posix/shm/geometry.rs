//! What lies where in a region: read once, checked once, private from then on.
//!
//! Contract: `docs/contract/posix.md`, "Region" and "Attaching".

use super::header::{HEADER_LEN, RegionHeader};
use crate::packets;
use crate::shm::RegionFault;

/// Offsets and capacities are multiples of this.
const ALIGNMENT: u32 = 64;

/// Bytes of a region's header and of a message's, in the width of capacities.
const REGION_HEADER: u32 = 64;
pub(super) const MESSAGE_HEADER: u32 = 32;
const _: () = assert!(REGION_HEADER as usize == HEADER_LEN && MESSAGE_HEADER as usize == packets::HEADER_LEN);

/// The part of a region that carries the messages of one direction. It ends within the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    offset: u32,
    capacity: u32,
}

impl Area {
    /// Where it begins in the region.
    pub(super) fn offset(self) -> usize {
        self.offset as usize
    }

    /// Bytes of a message at most, its header included.
    pub(super) fn capacity(self) -> u32 {
        self.capacity
    }

    /// Bytes of a message's payload at most.
    pub(super) fn largest_payload(self) -> u32 {
        self.capacity.saturating_sub(MESSAGE_HEADER)
    }

    fn end(self) -> u64 {
        u64::from(self.offset) + u64::from(self.capacity)
    }
}

/// The areas of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Geometry {
    pub(super) request: Area,
    pub(super) response: Area,
}

impl Geometry {
    /// Areas for messages with payloads up to these limits; `None` if they are too large for a region.
    pub(super) fn for_limits(request: u32, response: u32) -> Option<Self> {
        let capacity = |limit: u32| limit.checked_add(MESSAGE_HEADER)?.checked_next_multiple_of(ALIGNMENT);
        let request = Area { offset: REGION_HEADER, capacity: capacity(request)? };
        let response = Area { offset: u32::try_from(request.end()).ok()?, capacity: capacity(response)? };
        let geometry = Self { request, response };
        usize::try_from(geometry.len()).is_ok().then_some(geometry)
    }

    /// The areas that a header names, in a file of so many bytes.
    pub(super) fn of(header: &RegionHeader, file_len: u64) -> Result<Self, RegionFault> {
        let request = Area { offset: header.request_offset, capacity: header.request_capacity };
        let response = Area { offset: header.response_offset, capacity: header.response_capacity };
        let fields = [
            ("request_offset", request.offset, ALIGNMENT),
            ("response_offset", response.offset, ALIGNMENT),
            ("request_capacity", request.capacity, 1),
            ("response_capacity", response.capacity, 1),
        ];
        for (field, found, least) in fields {
            if found < least {
                return Err(RegionFault::NotReady { field, found: found.into() });
            }
        }
        let bad = |field, found: u64| Err(RegionFault::BadSize { field, found });
        for (field, found, _) in fields {
            if !found.is_multiple_of(ALIGNMENT) {
                return bad(field, found.into());
            }
        }
        if u64::from(response.offset) < request.end() {
            return bad("response_offset", response.offset.into());
        }
        // The request area ends before the response area does.
        if response.end() > file_len || usize::try_from(response.end()).is_err() {
            return bad("file length", file_len);
        }
        Ok(Self { request, response })
    }

    /// Bytes of the region, from its header to the end of its areas.
    pub(super) fn len(&self) -> u64 {
        self.response.end()
    }

    /// The header that names these areas.
    pub(super) fn header(&self, owner_pid: i32, owner_generation: u32) -> RegionHeader {
        RegionHeader {
            owner_pid,
            owner_generation,
            request_offset: self.request.offset,
            request_capacity: self.request.capacity,
            response_offset: self.response.offset,
            response_capacity: self.response.capacity,
            req_seq: 0,
            resp_seq: 0,
            req_len: 0,
            resp_len: 0,
            req_signal: 0,
            resp_signal: 0,
        }
    }
}

impl RegionHeader {
    /// Checks the areas as a client that attaches to a file of `file_len` bytes does.
    ///
    /// # Errors
    /// [`RegionFault::NotReady`] or [`RegionFault::BadSize`].
    pub fn check(&self, file_len: u64) -> Result<(), RegionFault> {
        Geometry::of(self, file_len).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> RegionHeader {
        Geometry::for_limits(1_000, 5_000).unwrap().header(1, 1)
    }

    #[test]
    fn areas_hold_a_header_and_the_limit_and_are_multiples_of_64() {
        let Geometry { request, response } = Geometry::for_limits(1_000, 5_000).unwrap();
        assert_eq!((request.offset(), request.capacity()), (64, 1_088));
        assert_eq!((response.offset(), response.capacity()), (1_152, 5_056));
        assert_eq!(Geometry::for_limits(0, 32).unwrap().len(), 64 + 64 + 64);
        assert_eq!(request.largest_payload(), 1_056);
    }

    #[test]
    fn limits_that_no_region_can_hold_have_no_geometry() {
        assert_eq!(Geometry::for_limits(u32::MAX, 1), None);
        assert_eq!(Geometry::for_limits(u32::MAX - 100, 1), None);
        assert_eq!(Geometry::for_limits(1, u32::MAX - 32), None);
        assert!(Geometry::for_limits(1, u32::MAX - 128).is_some());
    }

    #[test]
    fn what_a_server_lays_out_is_what_a_client_finds() {
        let geometry = Geometry::for_limits(1_000, 5_000).unwrap();
        assert_eq!(Geometry::of(&header(), geometry.len()), Ok(geometry));
    }

    #[test]
    fn an_area_that_begins_in_the_header_or_has_no_length_is_not_ready() {
        let cases: [(&str, RegionHeader); 4] = [
            ("request_offset", RegionHeader { request_offset: 63, ..header() }),
            ("response_offset", RegionHeader { response_offset: 0, ..header() }),
            ("request_capacity", RegionHeader { request_capacity: 0, ..header() }),
            ("response_capacity", RegionHeader { response_capacity: 0, ..header() }),
        ];
        for (expected, header) in cases {
            let fault = header.check(1 << 20).unwrap_err();
            assert!(matches!(fault, RegionFault::NotReady { field, .. } if field == expected), "{fault}");
        }
    }

    #[test]
    fn areas_that_are_misaligned_overlap_or_end_outside_have_a_bad_size() {
        let cases: [(&str, RegionHeader); 7] = [
            ("request_offset", RegionHeader { request_offset: 65, ..header() }),
            ("response_offset", RegionHeader { response_offset: 1_153, ..header() }),
            ("request_capacity", RegionHeader { request_capacity: 1_087, ..header() }),
            ("response_capacity", RegionHeader { response_capacity: 5_057, ..header() }),
            ("response_offset", RegionHeader { response_offset: 1_088, ..header() }),
            ("response_offset", RegionHeader { request_offset: 0xffff_ffc0, ..header() }),
            ("file length", RegionHeader { response_capacity: 0xffff_ffc0, ..header() }),
        ];
        for (expected, header) in cases {
            let fault = header.check(1 << 20).unwrap_err();
            assert!(matches!(fault, RegionFault::BadSize { field, .. } if field == expected), "{fault}");
        }
    }

    #[test]
    fn room_before_between_and_behind_the_areas_is_the_servers_own() {
        let header = RegionHeader { request_offset: 128, response_offset: 4_096, ..header() };
        assert!(header.check(1 << 20).is_ok());
    }
}
