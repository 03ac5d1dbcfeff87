//! Payloads that are there already, as something to encode.

use core::fmt;
use core::marker::PhantomData;

use crate::{Encode, EncodeError, WireMessage, fault::EncodeFault};

/// The payload of a message that was encoded or checked before: to be put into another one, or to be handed on, without
/// a look at it.
///
/// ```
/// # use netipc_codec::{Encode, WireMessage};
/// # #[derive(WireMessage)]
/// # #[wire(crate = netipc_codec, header = 4)]
/// # struct Number { #[wire(at = 0)] value: u32 }
/// # #[derive(WireMessage)]
/// # #[wire(crate = netipc_codec, header = 4)]
/// # struct Numbers { #[wire(count_at = 0, directory = free)] numbers: Vec<Number> }
/// use netipc_codec::{Encoded, MessageBuilder};
/// let three = 3u32.to_ne_bytes();
/// Number::check(&three)?;
/// let mut payload = [0; 100];
/// let mut builder = NumbersBuilder::new(&mut payload);
/// builder.numbers().push(Encoded::<Number>::new(&three))?;
/// let len = builder.finish()?;
/// assert_eq!(Numbers::decode(&payload[..len])?.numbers().get(0).map(|number| number.value()), Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Encoded<'a, T> {
    bytes: &'a [u8],
    message: PhantomData<fn() -> T>,
}

impl<'a, T: WireMessage> Encoded<'a, T> {
    /// Of these bytes, which must be a payload of `T`; peers refuse what is made of others.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, message: PhantomData }
    }
}

impl<T> Clone for Encoded<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Encoded<'_, T> {}

impl<T> fmt::Debug for Encoded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} bytes)", self.bytes.len())
    }
}

impl<T: WireMessage> Encode for Encoded<'_, T> {
    type Message = T;

    #[inline]
    fn encoded_len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    fn encode_exact<E: EncodeFault>(&self, into: &mut [u8]) -> Result<usize, E> {
        let (needed, available) = (self.bytes.len(), into.len());
        match into.get_mut(..needed) {
            Some(place) => {
                place.copy_from_slice(self.bytes);
                Ok(needed)
            }
            None => Err(EncodeError::Overflow { needed, available }.into()),
        }
    }
}
