//! What lies where in a region: read once, checked once, private from then on.
//!
//! Contract: `docs/contract/posix.md`, "Region" and "Attaching"; `docs/contract/windows.md`, "Shared memory".

use super::error::RegionFault;
use crate::packets;

/// Offsets and capacities are multiples of this.
const ALIGNMENT: u32 = 64;

/// Bytes of a message's header, in the width of capacities.
pub(super) const MESSAGE_HEADER: u32 = 32;
const _: () = assert!(MESSAGE_HEADER as usize == packets::HEADER_LEN);

/// Which way messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// What regions of a platform have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Bytes of the header, before which no area begins.
    pub(crate) header: u32,
    /// Bytes of a message at most, whatever room there is: what its length can say.
    pub(crate) longest_message: u32,
}

/// The part of a region that carries the messages of one direction. It ends within the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) offset: u32,
    pub(crate) capacity: u32,
}

impl Area {
    /// Bytes of a message's payload at most.
    pub(crate) fn largest_payload(self) -> u32 {
        self.capacity.saturating_sub(MESSAGE_HEADER)
    }

    fn end(self) -> u64 {
        u64::from(self.offset) + u64::from(self.capacity)
    }
}

/// The areas of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) request: Area,
    pub(crate) response: Area,
}

impl Geometry {
    /// Areas for messages with payloads up to these limits; `None` if they are too large for a region.
    pub(crate) fn for_limits(layout: Layout, request: u32, response: u32) -> Option<Self> {
        let capacity = |limit: u32| {
            let capacity = limit.checked_add(MESSAGE_HEADER)?.checked_next_multiple_of(ALIGNMENT)?;
            (capacity <= layout.longest_message).then_some(capacity)
        };
        let request = Area { offset: layout.header, capacity: capacity(request)? };
        let response = Area { offset: u32::try_from(request.end()).ok()?, capacity: capacity(response)? };
        let geometry = Self { request, response };
        usize::try_from(geometry.len()).is_ok().then_some(geometry)
    }

    /// The areas that a header names, checked against a region of so many bytes. Of an area that is larger than any message
    /// the rest is left alone.
    pub(crate) fn checked(self, layout: Layout, region_len: u64) -> Result<Self, RegionFault> {
        let Self { request, response } = self;
        let fields = [
            ("request_offset", request.offset, layout.header),
            ("response_offset", response.offset, layout.header),
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
        if response.end() > region_len || usize::try_from(response.end()).is_err() {
            return bad("length", region_len);
        }
        let usable = |area: Area| Area { capacity: area.capacity.min(layout.longest_message), ..area };
        Ok(Self { request: usable(request), response: usable(response) })
    }

    pub(crate) fn area(&self, direction: Direction) -> Area {
        match direction {
            Direction::Request => self.request,
            Direction::Response => self.response,
        }
    }

    /// Bytes of the region, from its header to the end of its areas.
    pub(crate) fn len(&self) -> u64 {
        self.response.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { header: 64, longest_message: u32::MAX };

    /// Of messages whose length is signed.
    const SIGNED: Layout = Layout { header: 128, longest_message: i32::MAX as u32 };

    fn geometry() -> Geometry {
        Geometry::for_limits(LAYOUT, 1_000, 5_000).unwrap()
    }

    fn with(change: impl FnOnce(&mut Geometry)) -> Geometry {
        let mut geometry = geometry();
        change(&mut geometry);
        geometry
    }

    #[test]
    fn areas_hold_a_header_and_the_limit_and_are_multiples_of_64() {
        let Geometry { request, response } = geometry();
        assert_eq!((request.offset, request.capacity), (64, 1_088));
        assert_eq!((response.offset, response.capacity), (1_152, 5_056));
        assert_eq!(Geometry::for_limits(LAYOUT, 0, 32).unwrap().len(), 64 + 64 + 64);
        assert_eq!(Geometry::for_limits(SIGNED, 0, 32).unwrap().len(), 128 + 64 + 64);
        assert_eq!(request.largest_payload(), 1_056);
    }

    #[test]
    fn limits_that_no_region_can_hold_have_no_geometry() {
        let for_limits = |request, response| Geometry::for_limits(LAYOUT, request, response);
        assert_eq!(for_limits(u32::MAX, 1), None);
        assert_eq!(for_limits(u32::MAX - 100, 1), None);
        assert_eq!(for_limits(1, u32::MAX - 32), None);
        assert!(for_limits(1, u32::MAX - 128).is_some());
        assert_eq!(Geometry::for_limits(SIGNED, 1, u32::MAX >> 1), None);
        assert!(Geometry::for_limits(SIGNED, 1, (u32::MAX >> 1) - 128).is_some());
    }

    #[test]
    fn what_a_server_lays_out_is_what_a_client_finds() {
        assert_eq!(geometry().checked(LAYOUT, geometry().len()), Ok(geometry()));
    }

    #[test]
    fn an_area_that_begins_in_the_header_or_has_no_length_is_not_ready() {
        let cases = [
            ("request_offset", with(|areas| areas.request.offset = 63)),
            ("response_offset", with(|areas| areas.response.offset = 0)),
            ("request_capacity", with(|areas| areas.request.capacity = 0)),
            ("response_capacity", with(|areas| areas.response.capacity = 0)),
        ];
        for (expected, areas) in cases {
            let fault = areas.checked(LAYOUT, 1 << 20).unwrap_err();
            assert!(matches!(fault, RegionFault::NotReady { field, .. } if field == expected), "{fault}");
        }
        assert!(matches!(geometry().checked(SIGNED, 1 << 20), Err(RegionFault::NotReady { .. })));
    }

    #[test]
    fn areas_that_are_misaligned_overlap_or_end_outside_have_a_bad_size() {
        let cases = [
            ("request_offset", with(|areas| areas.request.offset = 65)),
            ("response_offset", with(|areas| areas.response.offset = 1_153)),
            ("request_capacity", with(|areas| areas.request.capacity = 1_087)),
            ("response_capacity", with(|areas| areas.response.capacity = 5_057)),
            ("response_offset", with(|areas| areas.response.offset = 1_088)),
            ("response_offset", with(|areas| areas.request.offset = 0xffff_ffc0)),
            ("length", with(|areas| areas.response.capacity = 0xffff_ffc0)),
        ];
        for (expected, areas) in cases {
            let fault = areas.checked(LAYOUT, 1 << 20).unwrap_err();
            assert!(matches!(fault, RegionFault::BadSize { field, .. } if field == expected), "{fault}");
        }
    }

    #[test]
    fn room_before_between_and_behind_the_areas_is_the_servers_own() {
        let areas = with(|areas| (areas.request.offset, areas.response.offset) = (128, 4_096));
        assert!(areas.checked(LAYOUT, 1 << 20).is_ok());
    }

    #[test]
    fn of_an_area_larger_than_any_message_the_rest_is_left_alone() {
        let areas = Geometry {
            request: Area { offset: 128, capacity: 64 },
            response: Area { offset: 192, capacity: 0xffff_ff00 },
        };
        let checked = areas.checked(SIGNED, 1 << 33).unwrap();
        assert_eq!(checked.response.capacity, i32::MAX.cast_unsigned());
        assert_eq!(checked.request, areas.request);
    }
}
