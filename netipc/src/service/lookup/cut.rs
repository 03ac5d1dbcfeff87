//! Which keys go into the next request.

use netipc_codec::{Encode, LookupItem, LookupResponse, Marker, WireMessage};
use netipc_wire::{SPAN_LEN, padding};

use super::estimate::expected_room;
use super::{KeyOf, Limits, Lookup, LookupError, Memory};

/// Bytes of a payload with a directory, as items are added to it one by one.
#[derive(Clone, Copy)]
struct Sum(usize);

impl Sum {
    const fn of_header(len: usize) -> Self {
        Self(len)
    }

    /// With an item, its entry, and the padding of the one before it.
    const fn with(self, item: usize) -> Self {
        Self(self.0 + padding(self.0) + SPAN_LEN + item)
    }
}

/// Bytes of the request with keys of these lengths.
pub(super) fn request_len<Resp: LookupResponse>(keys: impl Iterator<Item = usize>) -> usize {
    let header = Resp::Request::LAYOUT.header_len;
    // Headers need not be multiples of 8; padding counts from the start of the packed area.
    header + keys.fold(Sum::of_header(0), Sum::with).0
}

fn marker_len<Resp: LookupResponse>(key: &[u8]) -> usize {
    Resp::Item::marker(KeyOf::<Resp>::view(key), Marker::PayloadExceeded).encoded_len()
}

/// Whether a response of so many bytes can hold the marker of this key alone.
pub(super) fn marker_fits<Resp: LookupResponse>(key: &[u8], limit: usize) -> bool {
    Resp::LAYOUT.header_len + SPAN_LEN + marker_len::<Resp>(key) <= limit
}

impl<Resp: LookupResponse> Lookup<'_, Resp> {
    /// Chooses the keys of the next request: what fits the request limit, whose markers fit the response limit, and
    /// whose items are likely to.
    pub(super) fn cut(&mut self, limits: Limits) -> Result<(), LookupError> {
        self.memory.asked.clear();
        self.asking_alone = false;
        if let Some(index) = self.alone {
            let key = self.memory.keys.get(index).len();
            if request_len::<Resp>([key].into_iter()) <= limits.request {
                self.memory.asked.push(index);
                self.asking_alone = true;
                return Ok(());
            }
            // The session allows less than the one before it, which had carried the key.
            self.alone = None;
        }
        let (request_room, response_room) = (
            limits.request.saturating_sub(Resp::Request::LAYOUT.header_len),
            limits.response.saturating_sub(Resp::LAYOUT.header_len),
        );
        let likely_room = expected_room(response_room);
        let (mut request, mut markers, mut items) = (Sum::of_header(0), Sum::of_header(0), Sum::of_header(0));
        let mut index = self.cursor;
        while index < self.memory.keys.len() && self.memory.asked.len() < self.most_keys {
            let Memory { keys, asked, estimate, .. } = &mut *self.memory;
            let key = keys.get(index);
            let marker = marker_len::<Resp>(key);
            let too_long = SPAN_LEN + key.len() > request_room;
            if too_long || (self.grown_up && SPAN_LEN + marker > response_room) {
                self.mark_oversized(index)?;
                index += 1;
                continue;
            }
            let with_it = (request.with(key.len()), markers.with(marker));
            let likely = items.with(marker + estimate.extra(marker));
            let fits = with_it.0.0 <= request_room && with_it.1.0 <= response_room && likely.0 <= likely_room;
            if !fits && !asked.is_empty() {
                break;
            }
            asked.push(index);
            ((request, markers), items) = (with_it, likely);
            index += 1;
        }
        self.end = index;
        Ok(())
    }
}
