//! What the models of the protocol under loom share. They run on Linux: loom's threads have stacks of their own, on which
//! nothing unwinds on Windows.

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU32, AtomicU64, fence};

use super::*;

word!(AtomicU32, u32);
word!(AtomicU64, u64);

impl Fence for AtomicU32 {
    fn full_fence() {
        fence(Ordering::SeqCst);
    }
}

/// The bytes of one direction of a region, and the words that say what has been published.
pub(super) struct Lane {
    area: Area,
    pub(super) seq: AtomicU64,
    pub(super) len: AtomicU32,
}

/// What a message is made of: bytes that must not be read while they are written.
struct Area(UnsafeCell<u32>);

// SAFETY: that the protocol keeps both sides out of each other's way is what loom checks at every access.
#[allow(unsafe_code, reason = "a model of memory that two processes share")]
unsafe impl Sync for Area {}

/// Bytes of a message with this value: messages are told apart by both.
pub(super) fn message_len(value: u32) -> u32 {
    32 + value
}

impl Lane {
    pub(super) fn new() -> Self {
        Self { area: Area(UnsafeCell::new(0)), seq: AtomicU64::new(0), len: AtomicU32::new(0) }
    }

    pub(super) fn sequence(&self) -> Sequence<'_, AtomicU32, AtomicU64> {
        Sequence { seq: &self.seq, len: &self.len }
    }

    #[allow(unsafe_code, reason = "as above: loom fails where another side is in here too")]
    pub(super) fn write(&self, value: u32) {
        // SAFETY: loom panics before an access that is not alone.
        self.area.0.with_mut(|area| unsafe { *area = value });
    }

    /// Takes the message that is published.
    #[allow(unsafe_code, reason = "as above")]
    pub(super) fn take(&self) -> u32 {
        let len = self.sequence().published_len();
        // SAFETY: loom panics before an access while another side writes.
        let value = self.area.0.with(|area| unsafe { *area });
        assert_eq!(len, message_len(value), "the length of another message");
        value
    }
}

/// Tries every order of turns, with up to three preemptions.
pub(crate) fn model(check: impl Fn() + Send + Sync + 'static) {
    model_with(3, check);
}

/// Tries every order of turns with up to so many preemptions.
pub(crate) fn model_with(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(check);
}
