//! Responses to lookups: one item for each key, in order, whatever the room.
//!
//! Contract: `docs/contract/messages.md`, "Lookup outcomes that the library itself produces".

use core::fmt;

use netipc_wire::padding;

use crate::build::ItemsBuilder;
use crate::fault::{Broken, EncodeFault};
use crate::{Encode, EncodeError, Items, MessageBuilder, WireMessage};

/// An outcome that stands for an item which is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The response was full at this item; the client asks again.
    PayloadExceeded,
    /// The item does not fit in the largest payload allowed, alone.
    OversizedItem,
}

/// An item of a lookup's response. `#[derive(WireMessage)]` with `lookup_item(…)` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an item of a lookup",
    label = "no `lookup_item(…)` in its `#[wire(…)]`",
    note = "an item of a lookup's response echoes its key and has a status; `lookup_item(…)` says which fields they are"
)]
pub trait LookupItem: WireMessage {
    /// What it answers.
    type Key: WireMessage;

    /// The item that stands for one which is not there: the fixed header, the echoed key, empty strings.
    fn marker(key: <Self::Key as WireMessage>::View<'_>, marker: Marker) -> Self::Ref<'_>;

    /// Whether `item` echoes this key.
    fn echoes(item: &Self::Ref<'_>, key: <Self::Key as WireMessage>::View<'_>) -> bool;

    /// Whether a decoded item echoes this key.
    fn view_echoes(item: Self::View<'_>, key: <Self::Key as WireMessage>::View<'_>) -> bool;

    /// Encodes an item that [echoes](Self::echoes) a decoded key, as [`Encode::encode_exact`] does: what comes from the
    /// key was scanned for NULs with it.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    #[doc(hidden)]
    #[inline]
    fn encode_echo<E: EncodeFault>(item: &Self::Ref<'_>, into: &mut [u8]) -> Result<usize, E> {
        item.encode_exact(into)
    }

    /// The marker that a decoded item is, if it is one.
    fn marker_of(item: Self::View<'_>) -> Option<Marker>;
}

/// A response whose list has an item for each key of its request. `#[derive(WireMessage)]` with `lookup(…)` implements
/// it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the response of a lookup",
    label = "no `lookup(…)` in its `#[wire(…)]`",
    note = "`lookup(…)` names the request and its list of keys"
)]
pub trait LookupResponse: WireMessage {
    /// The request.
    type Request: WireMessage;
    /// The items.
    type Item: LookupItem;

    /// The keys of a request whose payload was checked before.
    fn keys(request: &[u8]) -> Items<'_, <Self::Item as LookupItem>::Key>;

    /// The items of a response whose payload was checked before.
    fn items(response: &[u8]) -> Items<'_, Self::Item>;

    /// Writes the payload of a request for these keys, all else in it 0 or empty, and gives its length.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    fn request<K>(into: &mut [u8], keys: impl ExactSizeIterator<Item = K>) -> Result<usize, EncodeError>
    where
        K: Encode<Message = <Self::Item as LookupItem>::Key>,
    {
        // An empty request is its header.
        let header_len = <Self::Request as WireMessage>::Builder::new(&mut *into).finish()?;
        let mut items = ItemsBuilder::new(into, header_len);
        items.extend(keys)?;
        items.finish_behind(Self::Request::LAYOUT)
    }
}

/// Adds the items of a lookup's response in place, one for each key of the request, in order.
///
/// Room for the markers of the keys still to come is kept free. From the first item on that does not fit, each becomes
/// `PAYLOAD_EXCEEDED`, whatever is added; if that is the first of all, it alone becomes `OVERSIZED_ITEM`.
pub struct LookupBuilder<'a, T: LookupItem> {
    items: ItemsBuilder<'a, T>,
    /// The keys; none where a response is built without a request.
    keys: Option<Items<'a, T::Key>>,
    /// Bytes of the markers of the keys behind the next item, each padded, and the padding of the last.
    later: usize,
    last_padding: usize,
    full: bool,
}

impl<'a, T: LookupItem> LookupBuilder<'a, T> {
    /// Of a response that answers nothing in particular: the items that are added, and no others.
    #[doc(hidden)]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        Self {
            items: ItemsBuilder::new(buffer, header_len),
            keys: None,
            later: 0,
            last_padding: 0,
            full: false,
        }
    }

    /// Of the response to a request with these keys.
    #[doc(hidden)]
    pub fn answering(buffer: &'a mut [u8], header_len: usize, keys: Items<'a, T::Key>) -> Self {
        let mut builder = Self::new(buffer, header_len);
        let (mut later, mut last_padding) = (0u64, 0);
        for key in keys {
            let len = marker_len::<T>(key);
            last_padding = padding(len);
            // A payload has a key for each 8 bytes at most, and neither it nor a marker passes u32: no sum passes u64.
            // That it is not asked lets it be a product where all markers have one length.
            later = later.wrapping_add((len + last_padding) as u64);
        }
        builder.later = usize::try_from(later).unwrap_or(usize::MAX);
        builder.last_padding = last_padding;
        builder.items.expect(keys.len());
        let end = builder.later - last_padding;
        if !builder.items.has_room_for(keys.len(), end) {
            builder.items.refuse(keys.len(), end);
        }
        builder.keys = Some(keys);
        builder
    }

    /// The keys that are to be answered, in order.
    #[must_use]
    pub fn keys(&self) -> Option<Items<'a, T::Key>> {
        self.keys
    }

    /// How many items there are so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds the item for the next key.
    ///
    /// # Errors
    /// [`EncodeError::WrongEcho`] if it does not echo that key, [`EncodeError::ItemCount`] if there is none,
    /// [`EncodeError::Rule`] if it breaks a rule of its message, [`EncodeError::Overflow`] if not even the markers of
    /// all keys fit. All are remembered: the response as a whole then fails.
    #[inline]
    pub fn push(&mut self, item: T::Ref<'_>) -> Result<(), EncodeError> {
        let Some(keys) = self.keys else { return self.items.push(item) };
        if self.items.has_failed() {
            return self.items.result();
        }
        let index = self.items.len();
        let Some(key) = keys.get(index) else {
            return self.items.fail(EncodeError::ItemCount { expected: keys.len(), found: index + 1 });
        };
        if !T::echoes(&item, key) {
            return self.items.fail(EncodeError::WrongEcho { index });
        }
        let marker_len = marker_len::<T>(key);
        self.later -= marker_len + padding(marker_len);
        let len = item.encoded_len();
        let end = self.items.end_with(len);
        let all = if self.later == 0 { end } else { end + padding(end) + self.later - self.last_padding };
        if self.full || !self.items.has_room_for(keys.len(), all) {
            return self.mark(key);
        }
        // There is room for it, since there is for the markers behind it, too.
        match self.items.try_push(len, |place| T::encode_echo::<Broken>(&item, place)) {
            Ok(()) => Ok(()),
            Err(Broken) => self.give_up(&item, len, key),
        }
    }

    /// Remembers why an item is not encoded, or adds its marker where that is what it takes.
    #[cold]
    fn give_up(
        &mut self,
        item: &T::Ref<'_>,
        len: usize,
        key: <T::Key as WireMessage>::View<'a>,
    ) -> Result<(), EncodeError> {
        match self.items.try_push(len, |place| T::encode_echo::<EncodeError>(item, place)) {
            Ok(()) => Ok(()),
            Err(EncodeError::TooManyRows { .. }) => self.mark(key),
            Err(error) => self.items.fail(error),
        }
    }

    /// Adds the marker that stands for an item which does not fit.
    #[cold]
    fn mark(&mut self, key: <T::Key as WireMessage>::View<'a>) -> Result<(), EncodeError> {
        let first = self.items.is_empty();
        self.full |= !first;
        let marker = if first { Marker::OversizedItem } else { Marker::PayloadExceeded };
        let item = T::marker(key, marker);
        // As if it were an item that is not sound: so that what encodes those that are is needed in one place alone,
        // which makes it part of that place.
        self.items.give_up(&item, item.encoded_len())
    }

    /// How many items the header has to announce.
    ///
    /// # Errors
    /// What was remembered, or [`EncodeError::ItemCount`] if keys were left without an answer.
    #[doc(hidden)]
    #[inline]
    pub fn close(&mut self) -> Result<u32, EncodeError> {
        let count = self.items.close()?;
        match self.keys {
            Some(keys) if keys.len() != self.items.len() => {
                Err(EncodeError::ItemCount { expected: keys.len(), found: self.items.len() })
            }
            _ => Ok(count),
        }
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// What was remembered.
    #[doc(hidden)]
    #[inline]
    pub fn finish(&mut self, header: &[u8]) -> Result<usize, EncodeError> {
        self.items.finish(header)
    }

    /// Adds items without regard to a request.
    ///
    /// # Errors
    /// As [`ItemsBuilder::extend`].
    #[doc(hidden)]
    pub fn extend<I>(&mut self, items: I) -> Result<(), EncodeError>
    where
        I: IntoIterator<IntoIter: ExactSizeIterator, Item: Encode<Message = T>>,
    {
        self.items.extend(items)
    }
}

#[inline]
fn marker_len<T: LookupItem>(key: <T::Key as WireMessage>::View<'_>) -> usize {
    T::marker(key, Marker::PayloadExceeded).encoded_len()
}

impl<T: LookupItem> fmt::Debug for LookupBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupBuilder")
            .field("items", &self.items)
            .field("keys", &self.keys.map(|keys| keys.len()))
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}
