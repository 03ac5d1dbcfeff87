//! The check of a directory and its items.
//!
//! Contract: `docs/contract/codec.md`, "Directories" and the order of the checks.

use netipc_wire::{Directory, DirectoryRules, Order};

use crate::check::Place;
use crate::fault::{Broken, Fault};
use crate::{DecodeError, Rule, WireMessage};

/// A directory of `count` items that follows the fixed header. The field's place is the length of that header.
///
/// Entries and items are sound or not whatever is looked at first, so that each item is checked with its entry. Only
/// where something is wrong does it matter what came first: then all entries are checked, and after them the items.
///
/// # Errors
/// The first rule that is broken, in the contract's order.
#[allow(clippy::inline_always, reason = "the rules are constants, and a list is checked in one place")]
#[inline(always)]
pub fn directory<T: WireMessage, E: Fault>(
    (message, field, header_len): Place,
    bytes: &[u8],
    count: u32,
    order: Order,
) -> Result<(), E> {
    let tail = bytes.get(header_len..).unwrap_or_default();
    let mut budget = Budget::new::<T>(tail, order);
    let is_sound = |item: &[u8]| budget.allows(item) && T::check_as::<Broken>(item).is_ok();
    if Directory::all(tail, count, rules::<T>(order), is_sound) {
        return Ok(());
    }
    Err(E::because(|| {
        // Here there is one.
        let none = || DecodeError::new(Rule::DirectoryLength, message, field, header_len);
        first_fault::<T>(message, field, header_len, tail, count, order).err().unwrap_or_else(none)
    }))
}

const fn rules<T: WireMessage>(order: Order) -> DirectoryRules {
    DirectoryRules { order, min_len: T::MIN_LEN, max_len: T::MAX_LEN }
}

/// Bytes of items that may still be looked at. Entries of a free directory may share bytes, and two million of them may
/// name one item: that takes no longer than the payload's length allows where the time for an item does not depend on
/// its length. Where it does, the items together are no longer than the bytes that hold them.
struct Budget(Option<usize>);

impl Budget {
    fn new<T: WireMessage>(tail: &[u8], order: Order) -> Self {
        let is_bounded = order == Order::Free && const { T::LAYOUT.tail.is_searched() };
        Self(is_bounded.then_some(tail.len()))
    }

    /// Takes an item's bytes off, if there are so many.
    #[inline]
    fn allows(&mut self, item: &[u8]) -> bool {
        let Some(left) = &mut self.0 else { return true };
        left.checked_sub(item.len()).is_some_and(|rest| {
            *left = rest;
            true
        })
    }
}

/// Not a place and rules: those would lie in memory, and be put there by those that are never called.
#[cold]
fn first_fault<T: WireMessage>(
    message: &'static str,
    field: &'static str,
    header_len: usize,
    tail: &[u8],
    count: u32,
    order: Order,
) -> Result<(), DecodeError> {
    let directory = Directory::validate(tail, count, rules::<T>(order))
        .map_err(|error| DecodeError::of_directory(error, message, field, header_len, order))?;
    let mut budget = Budget::new::<T>(tail, order);
    for (index, item) in (0u32..).zip(directory.iter()) {
        if !budget.allows(item) {
            let base = directory.position(index as usize).unwrap_or_default();
            let shared = DecodeError::new(Rule::ItemsShared, message, field, 0);
            return Err(shared.in_item(index, header_len.saturating_add(base)));
        }
        T::check_as::<DecodeError>(item).map_err(|error| {
            let base = directory.position(index as usize).unwrap_or_default();
            error.in_item(index, header_len.saturating_add(base))
        })?;
    }
    Ok(())
}
