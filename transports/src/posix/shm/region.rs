//! A region that is mapped: its words and its messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::geometry::{Area, Geometry};
use super::header::at;
use super::mapping::Mapping;
use super::name::Name;
use super::publication::Words;
use super::wait::wake_all;
use crate::packets::HEADER_LEN as MESSAGE_HEADER_LEN;

/// Which way messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

/// A region, mapped into this process.
#[derive(Debug)]
pub(crate) struct Region {
    /// Its maker removes it. Goes before the mapping, for as long as that keeps the file what it is.
    name: Option<Name>,
    /// Shared with [bells](Region::bell).
    mapping: Arc<Mapping>,
    geometry: Geometry,
}

impl Region {
    /// `geometry` lies within the mapping.
    pub(super) fn new(name: Option<Name>, mapping: Mapping, geometry: Geometry) -> Self {
        Self { name, mapping: Arc::new(mapping), geometry }
    }

    /// Removes the region's file, if this side has made it. Both sides keep what they have mapped.
    pub(super) fn unlink(&mut self) {
        self.name = None;
    }

    /// Whether its file was truncated, and that was noticed.
    #[inline]
    pub(super) fn is_truncated(&self) -> bool {
        self.mapping.is_truncated()
    }

    pub(super) fn area(&self, direction: Direction) -> Area {
        match direction {
            Direction::Request => self.geometry.request,
            Direction::Response => self.geometry.response,
        }
    }

    #[inline]
    pub(super) fn words(&self, direction: Direction) -> Words<'_, AtomicU32, AtomicU64> {
        words(&self.mapping, direction)
    }

    /// Wakes whoever waits for messages of that direction, for nothing as far as those go. It keeps the region mapped.
    pub(super) fn bell(&self, direction: Direction) -> impl Fn() + Send + Sync + 'static {
        let mapping = Arc::clone(&self.mapping);
        move || wake_all(words(&mapping, direction).signal)
    }

    /// Writes a message. `None`, and nothing is written, if the area has no room for it.
    #[inline]
    pub(super) fn write(
        &self,
        direction: Direction,
        header: &[u8; MESSAGE_HEADER_LEN],
        payload: &[u8],
    ) -> Option<()> {
        let area = self.area(direction);
        if payload.len() > area.largest_payload() as usize {
            return None;
        }
        self.mapping.copy_in(area.offset() + MESSAGE_HEADER_LEN, payload)?;
        self.mapping.copy_in(area.offset(), header)
    }

    /// Reads what stands at `from` of a message, a multiple of 8. `None` if so much is not in the area.
    #[inline]
    pub(super) fn read(&self, direction: Direction, from: usize, bytes: &mut [u8]) -> Option<()> {
        let area = self.area(direction);
        if bytes.len().checked_add(from)? > area.capacity() as usize {
            return None;
        }
        self.mapping.copy_out(area.offset() + from, bytes)
    }
}

#[inline]
fn words(mapping: &Mapping, direction: Direction) -> Words<'_, AtomicU32, AtomicU64> {
    match direction {
        Direction::Request => Words {
            seq: mapping.word64::<{ at::REQ_SEQ }>(),
            len: mapping.word32::<{ at::REQ_LEN }>(),
            signal: mapping.word32::<{ at::REQ_SIGNAL }>(),
        },
        Direction::Response => Words {
            seq: mapping.word64::<{ at::RESP_SEQ }>(),
            len: mapping.word32::<{ at::RESP_LEN }>(),
            signal: mapping.word32::<{ at::RESP_SIGNAL }>(),
        },
    }
}
