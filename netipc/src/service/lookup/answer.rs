//! A response, held against its request.

use netipc_codec::{Encode, Items, LookupItem, LookupResponse, Marker, WireMessage};
use netipc_wire::padding;

use super::keys::Keys;
use super::{KeyOf, LookupError};

/// A response that has an item for each key of its request, in order.
pub(super) struct Answer<'a, Resp: LookupResponse> {
    pub(super) response: &'a [u8],
    items: Items<'a, Resp::Item>,
    /// Items before the first PAYLOAD_EXCEEDED.
    pub(super) fitted: usize,
    /// What the first item is, if it is a marker.
    pub(super) first: Option<Marker>,
    /// Bytes that items have beyond their markers, and of how many items.
    pub(super) extra: usize,
    pub(super) measured: usize,
}

impl<'a, Resp: LookupResponse> Answer<'a, Resp> {
    /// Checks a response to a request for these keys.
    pub(super) fn check(response: &'a [u8], keys: &Keys, asked: &[usize]) -> Result<Self, LookupError> {
        let items = Resp::items(response);
        if items.len() != asked.len() {
            return Err(LookupError::WrongItemCount { expected: asked.len(), found: items.len() });
        }
        let (mut fitted, mut first, mut extra, mut measured) = (items.len(), None, 0, 0);
        for (place, (index, item)) in asked.iter().zip(items.iter()).enumerate() {
            let key = KeyOf::<Resp>::view(keys.get(*index));
            if !Resp::Item::view_echoes(item, key) {
                return Err(LookupError::WrongEcho { index: *index });
            }
            let marker = Resp::Item::marker_of(item);
            if place == 0 {
                first = marker;
            }
            match marker {
                Some(Marker::PayloadExceeded) => fitted = fitted.min(place),
                _ if place > fitted => return Err(LookupError::NotExceeded { index: *index }),
                Some(Marker::OversizedItem) => {}
                None => {
                    let len = items.bytes(place).map_or(0, <[u8]>::len);
                    let marker = Resp::Item::marker(key, Marker::PayloadExceeded).encoded_len();
                    extra += (len + padding(len)).saturating_sub(marker + padding(marker));
                    measured += 1;
                }
            }
        }
        Ok(Self { response, items, fitted, first, extra, measured })
    }

    /// The bytes of the items that fitted.
    pub(super) fn items(&self) -> impl Iterator<Item = &'a [u8]> {
        let items = self.items;
        (0..self.fitted).filter_map(move |place| items.bytes(place))
    }
}
