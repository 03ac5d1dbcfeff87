//! CGROUPS_LOOKUP by hand.

use super::super::data::Entry;
use super::super::sum;
use super::parts::{
    align8, check_directory, check_labels, has_nul, item, labels_end, put_labels, put_text, put_u32,
    sum_labels, text, u16_at, u32_at, u64_at,
};

pub(in super::super) fn encode_request(entries: &[Entry], buffer: &mut [u8]) -> Option<usize> {
    let area = 16 + 8 * entries.len();
    buffer.get_mut(..area)?[..16].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    put_u32(buffer, 4, entries.len());
    let mut end = 0;
    for (index, Entry { path, .. }) in entries.iter().enumerate() {
        let start = align8(end);
        if path.is_empty() || has_nul(path) || area + start + path.len() + 1 > buffer.len() {
            return None;
        }
        buffer[area + end..area + start].fill(0);
        put_u32(buffer, 16 + 8 * index, start);
        put_u32(buffer, 20 + 8 * index, path.len() + 1);
        buffer[area + start..area + start + path.len()].copy_from_slice(path);
        buffer[area + start + path.len()] = 0;
        end = start + path.len() + 1;
    }
    Some(area + end)
}

/// Checks the request and gives where its keys begin, and their number.
fn check_request(bytes: &[u8]) -> Option<(usize, usize)> {
    if bytes.len() < 16 || u32_at(bytes, 0) != 1 || u64_at(bytes, 8) != 0 {
        return None;
    }
    let count = u32_at(bytes, 4) as usize;
    let area = check_directory(bytes, count, 2, usize::MAX)?;
    for index in 0..count {
        let [path @ .., 0] = item(bytes, area, index) else { return None };
        if has_nul(path) {
            return None;
        }
    }
    Some((area, count))
}

pub(in super::super) fn answer(request: &[u8], entries: &[Entry], buffer: &mut [u8]) -> Option<usize> {
    let (keys, count) = check_request(request)?;
    let area = 16 + 8 * count;
    let marker = |index| align8(28 + item(request, keys, index).len() + 1);
    let mut later: usize = (0..count).map(marker).sum();
    if area + later > buffer.len() {
        return None;
    }
    buffer[..16].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    put_u32(buffer, 4, count);
    let mut end = 0;
    for (index, entry) in entries.iter().enumerate().take(count) {
        let key = item(request, keys, index);
        let path = &key[..key.len() - 1];
        later -= marker(index);
        let (start, strings_end);
        let (name, labels) =
            if entry.known { (&entry.name[..], &entry.labels[..]) } else { (&[][..], &[][..]) };
        strings_end = 28 + path.len() + 1 + name.len() + 1;
        let len = labels_end(strings_end, labels);
        start = align8(end);
        if area + align8(start + len) + later > buffer.len() || has_nul(name) {
            return None;
        }
        buffer[area + end..area + start].fill(0);
        put_u32(buffer, 16 + 8 * index, start);
        put_u32(buffer, 20 + 8 * index, len);
        let out = &mut buffer[area + start..area + start + len];
        let (status, orchestrator) = if entry.known { (0u16, 2u16) } else { (1, 0) };
        out[..28].fill(0);
        out[0] = 1;
        out[2..4].copy_from_slice(&status.to_ne_bytes());
        out[4..6].copy_from_slice(&orchestrator.to_ne_bytes());
        out[24..26].copy_from_slice(&u16::try_from(labels.len()).ok()?.to_ne_bytes());
        let at = put_text(out, 8, 28, path);
        put_text(out, 16, at, name);
        put_labels(out, strings_end, labels)?;
        end = start + len;
    }
    Some(area + end)
}

pub(in super::super) fn read(bytes: &[u8]) -> Option<u64> {
    if bytes.len() < 16 || u32_at(bytes, 0) != 1 {
        return None;
    }
    let count = u32_at(bytes, 4) as usize;
    let area = check_directory(bytes, count, 28, usize::MAX)?;
    for index in 0..count {
        let item = item(bytes, area, index);
        let (status, orchestrator, labels) = (u16_at(item, 2), u16_at(item, 4), u16_at(item, 24));
        if u16_at(item, 0) != 1 || u16_at(item, 6) != 0 || u16_at(item, 26) != 0 || status > 4 {
            return None;
        }
        if u32_at(item, 12) == 0
            || (status != 0 && (orchestrator != 0 || u32_at(item, 20) != 0 || labels != 0))
        {
            return None;
        }
        let (path, name) = (text(item, 8, 28)?, text(item, 16, 28)?);
        if path.0 <= name.1 && name.0 <= path.1 {
            return None;
        }
        check_labels(item, path.1.max(name.1) + 1, labels.into())?;
    }
    let mut total = u64_at(bytes, 8);
    for index in 0..count {
        let item = item(bytes, area, index);
        total += u64::from(u16_at(item, 2)) + u64::from(u16_at(item, 4));
        let (path, path_len) = (u32_at(item, 8) as usize, u32_at(item, 12) as usize);
        let (name, name_len) = (u32_at(item, 16) as usize, u32_at(item, 20) as usize);
        total += sum(&item[path..path + path_len]) + sum(&item[name..name + name_len]);
        total += sum_labels(item, (path + path_len).max(name + name_len) + 1, u16_at(item, 24).into());
    }
    Some(total)
}
