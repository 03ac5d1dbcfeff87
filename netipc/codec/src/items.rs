//! The items of a list, as a view reads them.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

use netipc_wire::{Directory, DirectoryIter};

use crate::WireMessage;

/// The items of a decoded list, in the order of their directory.
///
/// Borrowed from the payload that was decoded; it must not outlive that buffer. Copying it is cheap, and reading an
/// item is one look into the directory.
///
/// ```
/// # use netipc_codec::{Encode, WireMessage};
/// # #[derive(WireMessage)]
/// # #[wire(crate = netipc_codec, header = 4)]
/// # struct Number { #[wire(at = 0)] value: u32 }
/// # #[derive(WireMessage)]
/// # #[wire(crate = netipc_codec, header = 4)]
/// # struct Numbers { #[wire(count_at = 0, directory = free)] numbers: Vec<Number> }
/// # let sent = Numbers { numbers: vec![Number { value: 3 }, Number { value: 4 }] };
/// # let mut bytes = vec![0; sent.encoded_len()];
/// # sent.encode(&mut bytes)?;
/// let numbers = Numbers::decode(&bytes)?.numbers();
/// assert_eq!(numbers.len(), 2);
/// assert_eq!(numbers.iter().map(|number| number.value()).sum::<u32>(), 7);
/// assert!(numbers.get(2).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Items<'a, T> {
    directory: Directory<'a>,
    item: PhantomData<fn() -> T>,
}

impl<'a, T: WireMessage> Items<'a, T> {
    pub(crate) const fn new(directory: Directory<'a>) -> Self {
        Self { directory, item: PhantomData }
    }

    /// The items of a payload that was checked before. In others, what does not fit is absent.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub fn of(bytes: &'a [u8], header_len: usize, count: u32) -> Self {
        let tail = bytes.get(header_len..).unwrap_or_default();
        Self::new(Directory::split(tail, count).unwrap_or(Directory::EMPTY))
    }

    /// How many items there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.directory.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.directory.is_empty()
    }

    /// Item `index`.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<T::View<'a>> {
        self.directory.get(index).map(T::view)
    }

    /// Where item `index` lies, counted from the start of the directory, which follows the message's header. Two entries
    /// may be one item.
    #[must_use]
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        let (start, item) = (self.directory.position(index)?, self.directory.get(index)?);
        Some(start..start.saturating_add(item.len()))
    }

    /// The bytes of item `index`, a payload of its own.
    #[must_use]
    #[inline]
    pub fn bytes(&self, index: usize) -> Option<&'a [u8]> {
        self.directory.get(index)
    }

    /// All items, in the directory's order.
    #[must_use]
    #[inline]
    pub fn iter(&self) -> ItemsIter<'a, T> {
        ItemsIter { items: self.directory.iter(), item: PhantomData }
    }
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}

impl<'a, T: WireMessage> fmt::Debug for Items<'a, T>
where
    T::View<'a>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: WireMessage> IntoIterator for Items<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ItemsIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: WireMessage> IntoIterator for &Items<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = ItemsIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterates over [`Items`].
pub struct ItemsIter<'a, T> {
    items: DirectoryIter<'a>,
    item: PhantomData<fn() -> T>,
}

impl<T> Clone for ItemsIter<'_, T> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), item: PhantomData }
    }
}

impl<'a, T: WireMessage> Iterator for ItemsIter<'a, T> {
    type Item = T::View<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.items.next().map(T::view)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<T: WireMessage> ExactSizeIterator for ItemsIter<'_, T> {}

impl<T: WireMessage> fmt::Debug for ItemsIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemsIter({} more)", self.len())
    }
}

/// What views copy out, one after another.
pub fn owned<V, T>(views: impl Iterator<Item = V>, to_owned: impl FnMut(V) -> T) -> Vec<T> {
    views.map(to_owned).collect()
}
