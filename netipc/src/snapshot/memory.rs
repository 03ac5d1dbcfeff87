//! Memory that is used again.

/// Empties `buffer` for this many elements. It keeps its memory, unless that is more than four times as much.
pub(super) fn clear<T>(buffer: &mut Vec<T>, len: usize) {
    if buffer.capacity() / 4 > len {
        *buffer = Vec::new();
    }
    buffer.clear();
}
