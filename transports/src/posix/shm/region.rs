//! A region that is mapped: its name, its words and its areas.

use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use super::header::at;
use super::mapping::Mapping;
use super::wait::wake_all;
use crate::posix::own_name::OwnName;
use crate::shm::{Direction, Geometry, Sequence, Signalled};

/// A region, mapped into this process.
#[derive(Debug)]
pub(crate) struct Region {
    shared: Arc<Shared>,
    geometry: Geometry,
}

/// What a region shares with whoever wakes its sides or removes its file from outside.
#[derive(Debug)]
struct Shared {
    /// Its maker removes it. Goes before the mapping, for as long as that keeps the file what it is.
    name: Mutex<Option<OwnName>>,
    mapping: Mapping,
}

impl Shared {
    /// Removes the region's file, if this side has made it and that has not happened yet. When this returns, it is gone,
    /// whichever thread has removed it.
    fn unlink(&self) {
        // No code that can panic runs under this lock.
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Region {
    /// `geometry` lies within the mapping.
    pub(super) fn new(name: Option<OwnName>, mapping: Mapping, geometry: Geometry) -> Self {
        Self { shared: Arc::new(Shared { name: Mutex::new(name), mapping }), geometry }
    }

    /// Removes the region's file, if this side has made it. Both sides keep what they have mapped.
    pub(super) fn unlink(&self) {
        self.shared.unlink();
    }

    #[inline]
    pub(super) fn mapping(&self) -> &Mapping {
        &self.shared.mapping
    }

    #[inline]
    pub(super) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    #[inline]
    pub(super) fn words(&self, direction: Direction) -> Signalled<'_, AtomicU32, AtomicU64> {
        words(self.mapping(), direction)
    }

    /// Wakes whoever waits for messages of that direction, for nothing as far as those go. It keeps the region mapped.
    pub(super) fn bell(&self, direction: Direction) -> impl Fn() + Send + Sync + 'static {
        let shared = Arc::clone(&self.shared);
        move || wake_all(words(&shared.mapping, direction).signal)
    }

    /// Removes the region's file, as [`unlink`](Self::unlink) does. It keeps the region mapped.
    pub(super) fn unlinker(&self) -> impl Fn() + Send + Sync + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.unlink()
    }
}

/// What keeps the region mapped keeps no file.
impl Drop for Region {
    fn drop(&mut self) {
        self.unlink();
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
