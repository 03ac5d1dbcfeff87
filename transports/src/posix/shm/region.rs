//! A region that is mapped: its name, its words and its areas.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::header::at;
use super::mapping::Mapping;
use super::name::Name;
use super::wait::wake_all;
use crate::shm::{Direction, Geometry, Sequence, Signalled};

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

    #[inline]
    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    #[inline]
    pub(super) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    #[inline]
    pub(super) fn words(&self, direction: Direction) -> Signalled<'_, AtomicU32, AtomicU64> {
        words(&self.mapping, direction)
    }

    /// Wakes whoever waits for messages of that direction, for nothing as far as those go. It keeps the region mapped.
    pub(super) fn bell(&self, direction: Direction) -> impl Fn() + Send + Sync + 'static {
        let mapping = Arc::clone(&self.mapping);
        move || wake_all(words(&mapping, direction).signal)
    }
}

#[inline]
fn words(mapping: &Mapping, direction: Direction) -> Signalled<'_, AtomicU32, AtomicU64> {
    match direction {
        Direction::Request => Signalled {
            sequence: Sequence {
                seq: mapping.word64::<{ at::REQ_SEQ }>(),
                len: mapping.word32::<{ at::REQ_LEN }>(),
            },
            signal: mapping.word32::<{ at::REQ_SIGNAL }>(),
        },
        Direction::Response => Signalled {
            sequence: Sequence {
                seq: mapping.word64::<{ at::RESP_SEQ }>(),
                len: mapping.word32::<{ at::RESP_LEN }>(),
            },
            signal: mapping.word32::<{ at::RESP_SIGNAL }>(),
        },
    }
}
