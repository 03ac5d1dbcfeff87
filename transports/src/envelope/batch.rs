//! The items of a batch.

use netipc_wire::{Directory, DirectoryError, DirectoryRules};

/// The payload of a batch whose directory has been checked: items by index, without a copy.
///
/// Contract: `docs/contract/envelope.md`, "Batch directory".
///
/// ```
/// use netipc_transport::{Batch, BatchBuilder};
/// let mut builder = BatchBuilder::new();
/// builder.start(2, 1_024)?;
/// builder.push(b"one")?;
/// builder.push(b"two")?;
/// let payload = builder.finish()?.payload().to_vec();
///
/// let batch = Batch::decode(&payload, 2)?;
/// assert_eq!(batch.iter().collect::<Vec<_>>(), [b"one", b"two"]);
/// assert_eq!(Batch::decode(&payload[..8], 2).unwrap_err().class().name(), "truncated");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    payload: &'a [u8],
    directory: Directory<'a>,
    item_count: u32,
}

impl<'a> Batch<'a> {
    /// Checks the directory of a batch with so many items.
    ///
    /// # Errors
    /// The first [`DirectoryError`]: a directory that does not fit in the payload, an offset that is not a multiple of
    /// 8, an item outside of the packed area.
    pub fn decode(payload: &'a [u8], item_count: u32) -> Result<Self, DirectoryError> {
        let directory = Directory::validate(payload, item_count, DirectoryRules::BATCH)?;
        Ok(Self { payload, directory, item_count })
    }

    /// The batch in a payload that [`Batch::decode`] has accepted before.
    pub(crate) fn checked(payload: &'a [u8], item_count: u32) -> Option<Self> {
        Some(Self { payload, directory: Directory::split(payload, item_count)?, item_count })
    }

    /// How many items there are.
    #[must_use]
    pub fn item_count(&self) -> u32 {
        self.item_count
    }

    /// The bytes of item `index`.
    #[must_use]
    #[inline]
    pub fn get(&self, index: u32) -> Option<&'a [u8]> {
        self.directory.get(usize::try_from(index).ok()?)
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let directory = self.directory;
        (0..directory.len()).filter_map(move |index| directory.get(index))
    }

    /// The whole payload: directory, items, padding.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}
