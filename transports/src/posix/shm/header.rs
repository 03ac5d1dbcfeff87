//! The header of a region.
//!
//! ```text
//! at  size  field
//!  0     4  magic "NSHM"
//!  4     2  version
//!  6     2  header_len
//!  8     4  owner_pid
//! 12     4  owner_generation
//! 16     4  request_offset
//! 20     4  request_capacity
//! 24     4  response_offset
//! 28     4  response_capacity
//! 32     8  req_seq
//! 40     8  resp_seq
//! 48     4  req_len
//! 52     4  resp_len
//! 56     4  req_signal
//! 60     4  resp_signal
//! ```

use std::mem::offset_of;

use zerocopy::native_endian::{I32, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::shm::{Area, Geometry, Layout, RegionFault};

pub(super) const MAGIC: u32 = 0x4e53_484d;
const VERSION: u16 = 3;

/// Bytes of the header.
pub(super) const HEADER_LEN: usize = 64;

/// [`HEADER_LEN`], as it stands in the header.
const ANNOUNCED_LEN: u16 = 64;

/// Messages have any length that a word holds.
pub(super) const LAYOUT: Layout = Layout { header: ANNOUNCED_LEN as u32, longest_message: u32::MAX };

/// The words of each direction that both sides read and write while the session lives.
pub(super) mod at {
    use super::{Wire, offset_of};

    pub(in crate::posix::shm) const REQ_SEQ: usize = offset_of!(Wire, req_seq);
    pub(in crate::posix::shm) const RESP_SEQ: usize = offset_of!(Wire, resp_seq);
    pub(in crate::posix::shm) const REQ_LEN: usize = offset_of!(Wire, req_len);
    pub(in crate::posix::shm) const RESP_LEN: usize = offset_of!(Wire, resp_len);
    pub(in crate::posix::shm) const REQ_SIGNAL: usize = offset_of!(Wire, req_signal);
    pub(in crate::posix::shm) const RESP_SIGNAL: usize = offset_of!(Wire, resp_signal);
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    magic: U32,
    version: U16,
    header_len: U16,
    owner_pid: I32,
    owner_generation: U32,
    request_offset: U32,
    request_capacity: U32,
    response_offset: U32,
    response_capacity: U32,
    req_seq: U64,
    resp_seq: U64,
    req_len: U32,
    resp_len: U32,
    req_signal: U32,
    resp_signal: U32,
}

const _: () = {
    assert!(offset_of!(Wire, magic) == 0);
    assert!(offset_of!(Wire, version) == 4);
    assert!(offset_of!(Wire, header_len) == 6);
    assert!(offset_of!(Wire, owner_pid) == 8);
    assert!(offset_of!(Wire, owner_generation) == 12);
    assert!(offset_of!(Wire, request_offset) == 16);
    assert!(offset_of!(Wire, request_capacity) == 20);
    assert!(offset_of!(Wire, response_offset) == 24);
    assert!(offset_of!(Wire, response_capacity) == 28);
    assert!(offset_of!(Wire, req_seq) == 32);
    assert!(offset_of!(Wire, resp_seq) == 40);
    assert!(offset_of!(Wire, req_len) == 48);
    assert!(offset_of!(Wire, resp_len) == 52);
    assert!(offset_of!(Wire, req_signal) == 56);
    assert!(offset_of!(Wire, resp_signal) == 60);
    assert!(size_of::<Wire>() == HEADER_LEN && HEADER_LEN == ANNOUNCED_LEN as usize);
};

/// The header of a shared-memory region, as it stood in the file at one moment. Magic, version and `header_len` are
/// always right.
///
/// Sessions need none of this; it is for tools and tests that look at a region.
///
/// Contract: `docs/contract/posix.md`, "Region".
///
/// ```
/// use netipc_transport::RegionHeader;
/// let header = RegionHeader {
///     owner_pid: 4711,
///     owner_generation: 1,
///     request_offset: 64,
///     request_capacity: 1_088,
///     response_offset: 1_152,
///     response_capacity: 64,
///     req_seq: 0,
///     resp_seq: 0,
///     req_len: 0,
///     resp_len: 0,
///     req_signal: 0,
///     resp_signal: 0,
/// };
/// assert_eq!(RegionHeader::decode(&header.encode()), Ok(header));
/// assert!(header.check(1_216).is_ok());
/// assert!(header.check(1_215).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionHeader {
    /// The server's process.
    pub owner_pid: i32,
    /// Not 0; differs from one server process to the next.
    pub owner_generation: u32,
    /// Where the request area begins in the file, in bytes.
    pub request_offset: u32,
    /// Bytes of the request area.
    pub request_capacity: u32,
    /// Where the response area begins in the file, in bytes.
    pub response_offset: u32,
    /// Bytes of the response area.
    pub response_capacity: u32,
    /// Requests that have been published.
    pub req_seq: u64,
    /// Responses that have been published.
    pub resp_seq: u64,
    /// Bytes of the last request, its message header included.
    pub req_len: u32,
    /// Bytes of the last response, its message header included.
    pub resp_len: u32,
    /// Counts the requests for those who wait.
    pub req_signal: u32,
    /// Counts the responses for those who wait.
    pub resp_signal: u32,
}

impl RegionHeader {
    /// Bytes of the header.
    pub const LEN: usize = HEADER_LEN;

    /// Reads the header at the start of `bytes`. Whether its areas make sense is for [`RegionHeader::check`].
    ///
    /// # Errors
    /// Too few bytes, or a wrong magic, version or `header_len`, in this order.
    pub fn decode(bytes: &[u8]) -> Result<Self, RegionFault> {
        let (wire, _) = Wire::read_from_prefix(bytes)
            .map_err(|_| RegionFault::NotReady { field: "length", found: bytes.len() as u64 })?;
        if wire.magic != MAGIC {
            return Err(RegionFault::BadMagic(wire.magic.get()));
        }
        if wire.version != VERSION {
            return Err(RegionFault::BadVersion(wire.version.get().into()));
        }
        if wire.header_len != ANNOUNCED_LEN {
            return Err(RegionFault::BadHeaderLength(wire.header_len.get().into()));
        }
        Ok(Self {
            owner_pid: wire.owner_pid.get(),
            owner_generation: wire.owner_generation.get(),
            request_offset: wire.request_offset.get(),
            request_capacity: wire.request_capacity.get(),
            response_offset: wire.response_offset.get(),
            response_capacity: wire.response_capacity.get(),
            req_seq: wire.req_seq.get(),
            resp_seq: wire.resp_seq.get(),
            req_len: wire.req_len.get(),
            resp_len: wire.resp_len.get(),
            req_signal: wire.req_signal.get(),
            resp_signal: wire.resp_signal.get(),
        })
    }

    /// Checks the areas as a client that attaches to a file of `file_len` bytes does.
    ///
    /// # Errors
    /// [`RegionFault::NotReady`] or [`RegionFault::BadSize`].
    pub fn check(&self, file_len: u64) -> Result<(), RegionFault> {
        self.geometry(file_len).map(drop)
    }

    /// The areas, checked likewise.
    pub(super) fn geometry(&self, file_len: u64) -> Result<Geometry, RegionFault> {
        let request = Area { offset: self.request_offset, capacity: self.request_capacity };
        let response = Area { offset: self.response_offset, capacity: self.response_capacity };
        Geometry { request, response }.checked(LAYOUT, file_len)
    }

    /// The header of a region with these areas, in which nothing has been published.
    pub(super) fn new(geometry: &Geometry, owner_pid: i32, owner_generation: u32) -> Self {
        let Geometry { request, response } = *geometry;
        Self {
            owner_pid,
            owner_generation,
            request_offset: request.offset,
            request_capacity: request.capacity,
            response_offset: response.offset,
            response_capacity: response.capacity,
            req_seq: 0,
            resp_seq: 0,
            req_len: 0,
            resp_len: 0,
            req_signal: 0,
            resp_signal: 0,
        }
    }

    /// The bytes of the header.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(Wire {
            magic: MAGIC.into(),
            version: VERSION.into(),
            header_len: ANNOUNCED_LEN.into(),
            owner_pid: self.owner_pid.into(),
            owner_generation: self.owner_generation.into(),
            request_offset: self.request_offset.into(),
            request_capacity: self.request_capacity.into(),
            response_offset: self.response_offset.into(),
            response_capacity: self.response_capacity.into(),
            req_seq: self.req_seq.into(),
            resp_seq: self.resp_seq.into(),
            req_len: self.req_len.into(),
            resp_len: self.resp_len.into(),
            req_signal: self.req_signal.into(),
            resp_signal: self.resp_signal.into(),
        })
    }
}

/// The magic alone: what left-behind regions are told from garbage by.
pub(super) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_ne_bytes())
}

/// Owner and generation of a header whose version may be another one: they stand at the same place in all of them.
pub(super) fn owner(bytes: &[u8]) -> Option<(i32, u32)> {
    let (wire, _) = Wire::read_from_prefix(bytes).ok()?;
    Some((wire.owner_pid.get(), wire.owner_generation.get()))
}
