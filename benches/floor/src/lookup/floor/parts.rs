//! Bytes in and out. All of it is inlined, as code for one message would have it.
#![allow(clippy::inline_always, reason = "a floor leaves nothing to chance")]

#[inline(always)]
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

#[inline(always)]
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

#[inline(always)]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[inline(always)]
pub(super) fn put_u32(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 4].copy_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_ne_bytes());
}

pub(super) const fn align8(len: usize) -> usize {
    (len + 7) & !7
}

/// Whether there is a NUL: by the largest words that the string has, as in the library.
#[allow(clippy::needless_bitwise_bool, reason = "a lazy one is a branch")]
#[inline(always)]
pub(super) fn has_nul(bytes: &[u8]) -> bool {
    let in_chunk = |chunk: &[u8; 16]| chunk.iter().fold(false, |found, byte| found | (*byte == 0));
    let in_word = |word: u64| word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0;
    if let Some(last) = bytes.last_chunk() {
        return bytes.as_chunks().0.iter().any(in_chunk) || in_chunk(last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return in_word(u64::from_ne_bytes(*first)) || in_word(u64::from_ne_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_ne_bytes(*first), u32::from_ne_bytes(*last));
        return in_word(u64::from(first) << 32 | u64::from(last));
    }
    bytes.contains(&0)
}

/// Writes a string, its NUL, and where it lies; gives where the next one begins.
#[inline(always)]
pub(super) fn put_text(item: &mut [u8], entry: usize, at: usize, text: &[u8]) -> usize {
    put_u32(item, entry, at);
    put_u32(item, entry + 4, text.len());
    item[at..at + text.len()].copy_from_slice(text);
    item[at + text.len()] = 0;
    at + text.len() + 1
}

/// The bytes of a table of labels behind strings that end at `end`, and where the item then ends.
pub(super) fn labels_end(end: usize, labels: &[(Vec<u8>, Vec<u8>)]) -> usize {
    if labels.is_empty() {
        return end;
    }
    let table = align8(end) + 16 * labels.len();
    labels.iter().fold(table, |end, (key, value)| end + key.len() + value.len() + 2)
}

pub(super) fn put_labels(item: &mut [u8], end: usize, labels: &[(Vec<u8>, Vec<u8>)]) -> Option<()> {
    if labels.is_empty() {
        return Some(());
    }
    let table = align8(end);
    item[end..table].fill(0);
    let mut at = table + 16 * labels.len();
    for (index, (key, value)) in labels.iter().enumerate() {
        if key.is_empty() || has_nul(key) || has_nul(value) {
            return None;
        }
        at = put_text(item, table + 16 * index, at, key);
        at = put_text(item, table + 16 * index + 8, at, value);
    }
    Some(())
}

/// A string that has to lie behind the header, end in a NUL and have none inside; its start and end.
#[inline(always)]
pub(super) fn text(item: &[u8], entry: usize, header: usize) -> Option<(usize, usize)> {
    let (offset, length) = (u32_at(item, entry) as usize, u32_at(item, entry + 4) as usize);
    let end = offset.checked_add(length)?;
    if offset < header || end >= item.len() || item[end] != 0 || has_nul(&item[offset..end]) {
        return None;
    }
    Some((offset, end))
}

/// A string that has to begin at `cursor`.
fn canonical(item: &[u8], entry: usize, cursor: usize) -> Option<(usize, usize)> {
    let (start, end) = text(item, entry, 0)?;
    (start == cursor).then_some((start, end))
}

/// Checks a table of labels behind strings that end at `end`.
pub(super) fn check_labels(item: &[u8], end: usize, count: usize) -> Option<()> {
    if count == 0 {
        return (item.len() == end).then_some(());
    }
    let table = align8(end);
    let mut cursor = table + 16 * count;
    if cursor > item.len() || item[end..table].iter().any(|byte| *byte != 0) {
        return None;
    }
    for index in 0..count {
        let (start, end) = canonical(item, table + 16 * index, cursor)?;
        if start == end {
            return None;
        }
        let (_, end) = canonical(item, table + 16 * index + 8, end + 1)?;
        cursor = end + 1;
    }
    (cursor == item.len()).then_some(())
}

/// Reads the labels of an item that was checked.
pub(super) fn sum_labels(item: &[u8], end: usize, count: usize) -> u64 {
    let table = align8(end);
    let mut total = 0;
    for entry in (0..2 * count).map(|index| table + 8 * index) {
        let (offset, length) = (u32_at(item, entry) as usize, u32_at(item, entry + 4) as usize);
        total += super::super::sum(&item[offset..offset + length]);
    }
    total
}

/// Checks the entries of an ordered directory of `count` items at 16, of `min` to `max` bytes each.
pub(super) fn check_directory(bytes: &[u8], count: usize, min: usize, max: usize) -> Option<usize> {
    let area = 16 + count.checked_mul(8)?;
    let area_len = bytes.len().checked_sub(area)?;
    let mut previous = 0;
    for entry in bytes[16..area].chunks_exact(8) {
        let (offset, length) = (u32_at(entry, 0) as usize, u32_at(entry, 4) as usize);
        let end = offset.checked_add(length)?;
        if !offset.is_multiple_of(8) || length < min || length > max || end > area_len || offset < previous {
            return None;
        }
        previous = end;
    }
    Some(area)
}

/// The bytes of item `index` of a directory that was checked.
#[inline(always)]
pub(super) fn item(bytes: &[u8], area: usize, index: usize) -> &[u8] {
    let (offset, length) = (u32_at(bytes, 16 + 8 * index) as usize, u32_at(bytes, 20 + 8 * index) as usize);
    &bytes[area + offset..area + offset + length]
}
