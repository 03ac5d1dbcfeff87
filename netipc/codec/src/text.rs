//! Strings as they pass: looking for a NUL inside, copying and comparing them.
//!
//! Strings here are short: a few words at a time beat calls of memchr, memcpy and memcmp. What is left at the end is read
//! with a word that overlaps the one before it, which is less work than byte by byte.
#![allow(clippy::inline_always, reason = "of most strings there is less to do than a call takes")]

use bstr::ByteSlice;

/// From here on the calls are worth it.
const LONG: usize = 256;

/// Whether there is a NUL.
#[inline(always)]
pub(crate) fn has_nul(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return false;
    }
    if let Some(last) = bytes.last_chunk() {
        if bytes.len() >= LONG {
            return bytes.find_byte(0).is_some();
        }
        // A loop, since `any` becomes a call.
        for chunk in bytes.as_chunks().0 {
            if in_chunk(chunk) {
                return true;
            }
        }
        return in_chunk(last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return in_words(u64::from_ne_bytes(*first), u64::from_ne_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return in_word(halves(*first, *last));
    }
    bytes.contains(&0)
}

/// Copies `text` to a place of the same length, unless there is a NUL in it; gives whether it was copied. If not, the
/// content of the place is undetermined.
#[inline(always)]
#[must_use]
pub(crate) fn copy_without_nul(place: &mut [u8], text: &[u8]) -> bool {
    if place.len() != text.len() {
        return false;
    }
    if text.is_empty() {
        return true;
    }
    if let (Some(last), Some(_)) = (text.last_chunk(), place.last_chunk::<16>()) {
        if text.len() >= LONG {
            place.copy_from_slice(text);
            return text.find_byte(0).is_none();
        }
        for (chunk, place) in text.as_chunks().0.iter().zip(place.as_chunks_mut().0) {
            if in_chunk(chunk) {
                return false;
            }
            *place = *chunk;
        }
        if let Some(place) = place.last_chunk_mut() {
            *place = *last;
        }
        return !in_chunk(last);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        if let Some(place) = place.first_chunk_mut() {
            *place = *first;
        }
        if let Some(place) = place.last_chunk_mut() {
            *place = *last;
        }
        return !in_words(u64::from_ne_bytes(*first), u64::from_ne_bytes(*last));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        if let Some(place) = place.first_chunk_mut() {
            *place = *first;
        }
        if let Some(place) = place.last_chunk_mut() {
            *place = *last;
        }
        return !in_word(halves(*first, *last));
    }
    place.iter_mut().zip(text).all(|(place, byte)| {
        *place = *byte;
        *byte != 0
    })
}

/// Whether both are the same.
#[inline(always)]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        16..=32 => same_ends::<16>(one, other),
        8..16 => same_ends::<8>(one, other),
        _ => same_far(one, other),
    }
}

/// Whether the first `N` bytes of both are the same, and the last.
#[allow(clippy::needless_bitwise_bool, reason = "a lazy one is a branch")]
#[inline(always)]
fn same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    let (Some(first), Some(other_first)) = (one.first_chunk::<N>(), other.first_chunk::<N>()) else {
        return false;
    };
    let (Some(last), Some(other_last)) = (one.last_chunk::<N>(), other.last_chunk::<N>()) else {
        return false;
    };
    // All bytes become one comparison of vectors, as in `in_chunk`.
    let firsts = first.iter().zip(other_first);
    let lasts = last.iter().zip(other_last);
    !firsts.zip(lasts).fold(false, |differ, (first, last)| differ | (first.0 != first.1) | (last.0 != last.1))
}

/// The same for strings that are short or long. Apart, so that others leave a caller's registers alone.
#[cold]
#[inline(never)]
fn same_far(one: &[u8], other: &[u8]) -> bool {
    one == other
}

/// Without a branch for each byte, so that it becomes one comparison of vectors.
#[allow(clippy::needless_bitwise_bool, reason = "a lazy one is a branch")]
#[inline(always)]
fn in_chunk(chunk: &[u8; 16]) -> bool {
    chunk.iter().fold(false, |found, byte| found | (*byte == 0))
}

#[inline(always)]
fn in_words(first: u64, last: u64) -> bool {
    zeros(first) | zeros(last) != 0
}

#[inline(always)]
fn in_word(word: u64) -> bool {
    zeros(word) != 0
}

/// Not 0 if one of the bytes is 0.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    word.wrapping_sub(LOW) & !word & HIGH
}

/// Four bytes and four bytes.
#[inline(always)]
fn halves(first: [u8; 4], last: [u8; 4]) -> u64 {
    u64::from(u32::from_ne_bytes(first)) << 32 | u64::from(u32::from_ne_bytes(last))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::{LONG, copy_without_nul, has_nul, same};

    // 1 and 0x80 are what arithmetic on words could take for a NUL.
    const FILLERS: [u8; 4] = [1, 0x80, b'a', 0xff];

    /// Around every length where the way of looking changes; fewer where each step is interpreted.
    fn lengths() -> impl Iterator<Item = usize> {
        let (short, long) = if cfg!(miri) { (20, LONG..=LONG) } else { (50, LONG - 1..=LONG + 1) };
        (0..=short).chain(long)
    }

    #[test]
    fn a_nul_is_found_wherever_it_is_and_nowhere_else() {
        for len in lengths() {
            for filler in FILLERS {
                let mut bytes = vec![filler; len];
                let mut copy = vec![0; len];
                assert!(!has_nul(&bytes), "{filler} {len} times");
                assert!(copy_without_nul(&mut copy, &bytes), "{filler} {len} times");
                for at in 0..len {
                    bytes[at] = 0;
                    assert!(has_nul(&bytes), "at {at} of {len}");
                    assert!(!copy_without_nul(&mut copy, &bytes), "at {at} of {len}");
                    bytes[at] = filler;
                }
            }
        }
    }

    #[test]
    fn a_copy_has_every_byte_and_no_other() {
        for len in lengths() {
            let text: vec::Vec<u8> = (0..len).map(|at| u8::try_from(at % 255 + 1).unwrap_or(1)).collect();
            let mut buffer = vec![0; len + 2];
            assert!(copy_without_nul(&mut buffer[1..=len], &text));
            assert_eq!(buffer[1..=len], text);
            assert_eq!([buffer[0], buffer[len + 1]], [0, 0], "of {len}");
        }
    }

    #[test]
    fn strings_are_the_same_if_each_byte_is() {
        for len in lengths() {
            let one = vec![b'a'; len];
            let mut other = one.clone();
            assert!(same(&one, &other), "{len} bytes");
            for at in 0..len {
                other[at] ^= 0x80;
                assert!(!same(&one, &other), "but for byte {at} of {len}");
                other[at] = b'a';
            }
            other.push(b'a');
            assert!(!same(&one, &other), "{len} bytes and one more");
        }
    }

    #[test]
    fn a_place_of_another_length_takes_nothing() {
        assert!(!copy_without_nul(&mut [0; 3], b"four"));
    }
}
