//! What every message can do.

use core::fmt;

use crate::fault::{Broken, EncodeFault, Fault};
use crate::{DecodeError, EncodeError, Layout, Rule};

/// A struct with a wire layout: bytes to a view, values to bytes. `#[derive(WireMessage)]` implements it.
///
/// Contract: `docs/contract/codec.md`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    label = "no `#[derive(WireMessage)]`",
    note = "requests, responses and the items of their lists are structs with `#[derive(WireMessage)]`"
)]
pub trait WireMessage: Encode<Message = Self> + Sized + 'static {
    /// The decoded payload: borrowed from its bytes, cheap to copy, read without further errors.
    type View<'a>: Copy + fmt::Debug;

    /// The same fields as the struct, borrowed: input for encoding that builds nothing owned.
    type Ref<'a>: Encode<Message = Self> + Copy + fmt::Debug;

    /// Fills a payload in place.
    type Builder<'a>: MessageBuilder<'a>;

    /// Every byte of the fixed header, described, and what follows it.
    const LAYOUT: &'static Layout;

    /// Bytes that it has as an item of a list at least.
    const MIN_LEN: u32;

    /// Bytes that it has as an item of a list at most.
    const MAX_LEN: u32 = u32::MAX;

    /// Checks everything that the layout says of `bytes`, and nothing else. Allocates nothing.
    ///
    /// # Errors
    /// The first rule that the bytes break, with field and position.
    #[inline]
    fn check(bytes: &[u8]) -> Result<(), DecodeError> {
        match Self::check_as::<Broken>(bytes) {
            Ok(()) => Ok(()),
            Err(Broken) => Err(first_fault::<Self>(bytes)),
        }
    }

    /// The checks of [`check`](Self::check), which fail as the caller asks.
    ///
    /// # Errors
    /// The first rule that the bytes break.
    #[doc(hidden)]
    fn check_as<E: Fault>(bytes: &[u8]) -> Result<(), E>;

    /// A view of bytes that [`check`](Self::check) has accepted. Of other bytes, what does not fit reads as zero or
    /// empty; never out of bounds.
    fn view(bytes: &[u8]) -> Self::View<'_>;

    /// Checks `bytes` and gives a view of them. Allocates nothing.
    ///
    /// # Errors
    /// The first rule that the bytes break, with field and position.
    #[inline]
    fn decode(bytes: &[u8]) -> Result<Self::View<'_>, DecodeError> {
        Self::check(bytes)?;
        Ok(Self::view(bytes))
    }
}

/// What is wrong with bytes that were found to be broken. That they are stays so, whatever a second look says.
#[cold]
fn first_fault<T: WireMessage>(bytes: &[u8]) -> DecodeError {
    let rule = Rule::HeaderLength { needed: T::LAYOUT.header_len, found: bytes.len() };
    T::check_as(bytes).err().unwrap_or(DecodeError::new(rule, T::LAYOUT.name, "", 0))
}

/// Something that encodes to the bytes of a message: the struct itself, its `…Ref`, or a reference to one of them.
pub trait Encode {
    /// The message whose bytes they are.
    type Message: WireMessage;

    /// How many bytes [`encode`](Self::encode) writes, exactly.
    fn encoded_len(&self) -> usize;

    /// Writes the payload to a buffer that has [`encoded_len`](Self::encoded_len) bytes.
    ///
    /// # Errors
    /// That of [`encode`](Self::encode), as the caller asks for it, and nothing of use in `into`.
    #[doc(hidden)]
    fn encode_exact<E: EncodeFault>(&self, into: &mut [u8]) -> Result<usize, E>;

    /// Writes one self-contained payload to the start of `into` and gives its length. Each byte of it is written.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`] with the length that is needed, [`EncodeError::Rule`] where a peer would reject it;
    /// nothing of use is then in `into`.
    #[inline]
    fn encode(&self, into: &mut [u8]) -> Result<usize, EncodeError> {
        let into = crate::check::room(into, self.encoded_len())?;
        match self.encode_exact::<Broken>(into) {
            Ok(len) => Ok(len),
            Err(Broken) => encode_fault(self, into),
        }
    }
}

#[cold]
fn encode_fault(value: &(impl Encode + ?Sized), into: &mut [u8]) -> Result<usize, EncodeError> {
    value.encode_exact(into)
}

impl<T: Encode + ?Sized> Encode for &T {
    type Message = T::Message;

    #[inline]
    fn encoded_len(&self) -> usize {
        (**self).encoded_len()
    }

    #[inline]
    fn encode_exact<E: EncodeFault>(&self, into: &mut [u8]) -> Result<usize, E> {
        (**self).encode_exact(into)
    }
}

/// Fills the payload of one message in place, in a buffer of the caller's. The builders that the derive makes have a
/// method for each field besides.
///
/// What does not fit is remembered: [`finish`](Self::finish) then fails, whatever came after.
pub trait MessageBuilder<'a>: Sized {
    /// A builder of a message with all fields 0 or empty, and constants in place.
    fn new(into: &'a mut [u8]) -> Self;

    /// A builder of the answer to a request, of which it gets the payload: the response to a lookup takes the keys
    /// from it. The payload must have been checked.
    fn answering(into: &'a mut [u8], _request: &'a [u8]) -> Self {
        Self::new(into)
    }

    /// Completes the payload and gives its length.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`], if anything did not fit.
    fn finish(self) -> Result<usize, EncodeError>;
}
