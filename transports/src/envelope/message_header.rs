//! The message header.
//!
//! ```text
//! at  size  field
//!  0     4  magic "NIPC"
//!  4     2  version
//!  6     2  header_len
//!  8     2  kind
//! 10     2  flags
//! 12     2  code
//! 14     2  transport_status
//! 16     4  payload_len
//! 20     4  item_count
//! 24     8  message_id
//! ```

use std::fmt;
use std::mem::offset_of;

use netipc_wire::Class;
use zerocopy::native_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{BATCH, EnvelopeError, Kind, Status, VERSION};

const MAGIC: u32 = 0x4e49_5043;
const NAME: &str = "message header";

/// The header's length, as it says itself.
pub(super) const HEADER_LEN: u16 = 32;

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    magic: U32,
    version: U16,
    header_len: U16,
    kind: U16,
    flags: U16,
    code: U16,
    transport_status: U16,
    payload_len: U32,
    item_count: U32,
    message_id: U64,
}

const _: () = {
    assert!(offset_of!(Wire, magic) == 0);
    assert!(offset_of!(Wire, version) == 4);
    assert!(offset_of!(Wire, header_len) == 6);
    assert!(offset_of!(Wire, kind) == 8);
    assert!(offset_of!(Wire, flags) == 10);
    assert!(offset_of!(Wire, code) == 12);
    assert!(offset_of!(Wire, transport_status) == 14);
    assert!(offset_of!(Wire, payload_len) == 16);
    assert!(offset_of!(Wire, item_count) == 20);
    assert!(offset_of!(Wire, message_id) == 24);
    assert!(size_of::<Wire>() == MessageHeader::LEN);
};

/// What every message begins with. Magic, version and `header_len` are always right: [`MessageHeader::decode`] checks
/// them and [`MessageHeader::encode`] writes them.
///
/// Contract: `docs/contract/envelope.md`, "Message header".
///
/// ```
/// use netipc_transport::MessageHeader;
/// let header = MessageHeader::request(1, 7, 8);
/// assert_eq!(MessageHeader::decode(&header.encode()), Ok(header));
/// assert_eq!(header.to_string(), "REQUEST 7: code 1, OK, payload 8 bytes, 1 item");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHeader {
    /// Request, response or control.
    pub kind: Kind,
    /// Flag bits, known and unknown ones: [`BATCH`].
    pub flags: u16,
    /// The method, or the control opcode.
    pub code: u16,
    /// The outcome; OK in requests.
    pub transport_status: Status,
    /// Bytes after the header.
    pub payload_len: u32,
    /// 1, or the number of items of a batch.
    pub item_count: u32,
    /// Ties a response to its request.
    pub message_id: u64,
}

impl MessageHeader {
    /// Bytes of the header.
    pub const LEN: usize = HEADER_LEN as usize;

    /// The header of a single request.
    #[must_use]
    pub const fn request(code: u16, message_id: u64, payload_len: u32) -> Self {
        Self {
            kind: Kind::Request,
            flags: 0,
            code,
            transport_status: Status::Ok,
            payload_len,
            item_count: 1,
            message_id,
        }
    }

    /// The header of a single response to this request.
    #[must_use]
    pub const fn response(&self, transport_status: Status, payload_len: u32) -> Self {
        Self { kind: Kind::Response, flags: 0, transport_status, payload_len, item_count: 1, ..*self }
    }

    /// The same header for a batch of so many items.
    #[must_use]
    pub const fn with_batch(self, item_count: u32) -> Self {
        Self { flags: BATCH, item_count, ..self }
    }

    /// The header of a handshake message with this opcode.
    #[must_use]
    pub const fn control(code: u16, transport_status: Status, payload_len: u32) -> Self {
        Self { kind: Kind::Control, transport_status, ..Self::request(code, 0, payload_len) }
    }

    /// Whether the payload is a batch.
    #[must_use]
    #[inline]
    pub const fn is_batch(&self) -> bool {
        self.flags & BATCH != 0
    }

    /// Whether there is anything to check behind the header: a response that is not OK has no payload to check,
    /// whatever its flags and its count say. The status of a request means nothing.
    #[inline]
    pub(crate) const fn has_content(&self) -> bool {
        !matches!(self.kind, Kind::Response) || self.transport_status.is_ok()
    }

    /// Whether the payload is a batch that is to be checked.
    #[inline]
    pub(crate) const fn has_items(&self) -> bool {
        self.is_batch() && self.has_content()
    }

    /// Reads the header at the start of `bytes`. What depends on the session (direction, limits) is not looked at.
    ///
    /// # Errors
    /// Too few bytes, or a wrong magic, version, `header_len` or kind, in this order.
    #[inline]
    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let wire = Wire::read(bytes)?;
        wire.check_version()?;
        wire.header()
    }

    /// As [`MessageHeader::decode`], for a handshake that has to answer other versions: the version is the last thing
    /// to be checked and its verdict stands beside the header.
    pub(crate) fn decode_any_version(
        bytes: &[u8],
    ) -> Result<(Self, Result<(), EnvelopeError>), EnvelopeError> {
        let wire = Wire::read(bytes)?;
        Ok((wire.header()?, wire.check_version()))
    }

    /// The bytes of the header.
    #[must_use]
    #[inline]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(Wire {
            magic: MAGIC.into(),
            version: VERSION.into(),
            header_len: HEADER_LEN.into(),
            kind: self.kind.to_wire().into(),
            flags: self.flags.into(),
            code: self.code.into(),
            transport_status: self.transport_status.to_wire().into(),
            payload_len: self.payload_len.into(),
            item_count: self.item_count.into(),
            message_id: self.message_id.into(),
        })
    }
}

impl Wire {
    #[inline]
    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let (wire, _) =
            Self::read_from_prefix(bytes).map_err(|_| EnvelopeError::truncated(NAME, bytes.len()))?;
        if wire.magic != MAGIC {
            return Err(EnvelopeError::new(Class::BadMagic, NAME, "magic", wire.magic.get().into()));
        }
        Ok(wire)
    }

    #[inline]
    fn check_version(&self) -> Result<(), EnvelopeError> {
        if self.version != VERSION {
            return Err(EnvelopeError::new(Class::BadVersion, NAME, "version", self.version.get().into()));
        }
        Ok(())
    }

    #[inline]
    fn header(&self) -> Result<MessageHeader, EnvelopeError> {
        if self.header_len != HEADER_LEN {
            let found = self.header_len.get().into();
            return Err(EnvelopeError::new(Class::BadHeaderLength, NAME, "header_len", found));
        }
        let Some(kind) = Kind::from_wire(self.kind.get()) else {
            return Err(EnvelopeError::new(Class::BadKind, NAME, "kind", self.kind.get().into()));
        };
        Ok(MessageHeader {
            kind,
            flags: self.flags.get(),
            code: self.code.get(),
            transport_status: Status::from_wire(self.transport_status.get()),
            payload_len: self.payload_len.get(),
            item_count: self.item_count.get(),
            message_id: self.message_id.get(),
        })
    }
}

impl fmt::Display for MessageHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, code, transport_status, payload_len, item_count, message_id, .. } = self;
        write!(
            f,
            "{kind} {message_id}: code {code}, {transport_status}, payload {payload_len} bytes, {item_count} item"
        )?;
        if *item_count != 1 {
            f.write_str("s")?;
        }
        if self.is_batch() {
            f.write_str(", BATCH")?;
        }
        if self.flags & !BATCH != 0 {
            write!(f, ", flags {:#x}", self.flags & !BATCH)?;
        }
        Ok(())
    }
}
