//! The keys of a call, encoded.

use netipc_codec::Encode;

use super::LookupError;

/// The keys of a call, each encoded once, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    /// Replaces the keys by these.
    ///
    /// # Errors
    /// The first one that cannot be a key.
    pub(super) fn encode<K: Encode>(&mut self, keys: &[K]) -> Result<(), LookupError> {
        self.ends.clear();
        self.ends.reserve(keys.len());
        let mut start = 0;
        for (index, key) in keys.iter().enumerate() {
            let end = start + key.encoded_len();
            if self.bytes.len() < end {
                self.bytes.resize(end, 0);
            }
            let place = self.bytes.get_mut(start..end).unwrap_or_default();
            start += key.encode(place).map_err(|source| LookupError::Key { index, source })?;
            self.ends.push(start);
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of key `index`; none where there is no such key.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }
}
