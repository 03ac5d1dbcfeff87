//! APPS_LOOKUP by hand.

use super::super::data::Entry;
use super::super::sum;
use super::parts::{
    align8, check_directory, check_labels, has_nul, item, labels_end, put_labels, put_text, put_u32,
    sum_labels, text, u16_at, u32_at, u64_at,
};

pub(in super::super) fn encode_request(count: usize, buffer: &mut [u8]) -> Option<usize> {
    let area = 16 + 8 * count;
    buffer.get_mut(..area + 8 * count)?[..16]
        .copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    put_u32(buffer, 4, count);
    for pid in 0..count {
        put_u32(buffer, 16 + 8 * pid, 8 * pid);
        put_u32(buffer, 20 + 8 * pid, 8);
        put_u32(buffer, area + 8 * pid, pid);
        put_u32(buffer, area + 8 * pid + 4, 0);
    }
    Some(area + 8 * count)
}

fn check_request(bytes: &[u8]) -> Option<(usize, usize)> {
    if bytes.len() < 16 || u32_at(bytes, 0) != 1 || u64_at(bytes, 8) != 0 {
        return None;
    }
    let count = u32_at(bytes, 4) as usize;
    let area = check_directory(bytes, count, 8, 8)?;
    if (0..count).any(|index| u32_at(item(bytes, area, index), 4) != 0) {
        return None;
    }
    Some((area, count))
}

const MARKER: usize = align8(60 + 3);

pub(in super::super) fn answer(request: &[u8], entries: &[Entry], buffer: &mut [u8]) -> Option<usize> {
    let (keys, count) = check_request(request)?;
    let area = 16 + 8 * count;
    let mut later = MARKER * count;
    if area + later > buffer.len() {
        return None;
    }
    buffer[..16].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    put_u32(buffer, 4, count);
    let mut end = 0;
    for index in 0..count {
        let pid = u32_at(item(request, keys, index), 0);
        let entry = &entries[pid as usize];
        later -= MARKER;
        let empty = || (&[][..], &[][..], &[][..], &[][..]);
        let (comm, path, name, labels) = if entry.known {
            (&entry.comm[..], &entry.path[..], &entry.name[..], &entry.labels[..])
        } else {
            empty()
        };
        if comm.len() > 15 || (entry.known && (comm.is_empty() || path.is_empty())) {
            return None;
        }
        if has_nul(comm) || has_nul(path) || has_nul(name) {
            return None;
        }
        let strings_end = 60 + comm.len() + path.len() + name.len() + 3;
        let len = labels_end(strings_end, labels);
        let start = align8(end);
        if area + align8(start + len) + later > buffer.len() {
            return None;
        }
        buffer[area + end..area + start].fill(0);
        put_u32(buffer, 16 + 8 * index, start);
        put_u32(buffer, 20 + 8 * index, len);
        let out = &mut buffer[area + start..area + start + len];
        let (status, orchestrator, parent, user, starttime) =
            if entry.known { (0u16, 2u16, 1u32, 1000u32, 42u64) } else { (1, 0, 0, u32::MAX, 0) };
        out[..60].fill(0);
        out[0] = 1;
        out[2..4].copy_from_slice(&status.to_ne_bytes());
        out[4..6].copy_from_slice(&orchestrator.to_ne_bytes());
        out[8..12].copy_from_slice(&pid.to_ne_bytes());
        out[12..16].copy_from_slice(&parent.to_ne_bytes());
        out[16..20].copy_from_slice(&user.to_ne_bytes());
        out[24..32].copy_from_slice(&starttime.to_ne_bytes());
        out[56..58].copy_from_slice(&u16::try_from(labels.len()).ok()?.to_ne_bytes());
        let at = put_text(out, 32, 60, comm);
        let at = put_text(out, 40, at, path);
        put_text(out, 48, at, name);
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
    let area = check_directory(bytes, count, 60, usize::MAX)?;
    for index in 0..count {
        check_item(item(bytes, area, index))?;
    }
    let mut total = u64_at(bytes, 8);
    for index in 0..count {
        let item = item(bytes, area, index);
        total += u64::from(u16_at(item, 2)) + u64::from(u16_at(item, 4)) + u64::from(u16_at(item, 6));
        total += u64::from(u32_at(item, 8)) + u64::from(u32_at(item, 12)) + u64::from(u32_at(item, 16));
        total += u64_at(item, 24);
        let mut strings_end = 0;
        for entry in [32, 40, 48] {
            let (start, len) = (u32_at(item, entry) as usize, u32_at(item, entry + 4) as usize);
            total += sum(&item[start..start + len]);
            strings_end = strings_end.max(start + len + 1);
        }
        total += sum_labels(item, strings_end, u16_at(item, 56).into());
    }
    Some(total)
}

fn check_item(item: &[u8]) -> Option<()> {
    let (status, orchestrator, cgroup) = (u16_at(item, 2), u16_at(item, 4), u16_at(item, 6));
    let labels = u16_at(item, 56);
    let (comm, path, name) = (u32_at(item, 36), u32_at(item, 44), u32_at(item, 52));
    if u16_at(item, 0) != 1 || u32_at(item, 20) != 0 || u16_at(item, 58) != 0 || status > 3 || cgroup > 3 {
        return None;
    }
    let nothing = orchestrator == 0 && name == 0 && labels == 0;
    let holds = comm <= 15
        && if status != 0 {
            let unset = u32_at(item, 12) == 0 && u32_at(item, 16) == u32::MAX && u64_at(item, 24) == 0;
            nothing && cgroup == 0 && unset && comm == 0 && path == 0
        } else {
            comm != 0
                && match cgroup {
                    0 => path != 0,
                    1 => nothing,
                    2 => nothing && path != 0,
                    _ => nothing && path == 0,
                }
        };
    if !holds {
        return None;
    }
    let (comm, path, name) = (text(item, 32, 60)?, text(item, 40, 60)?, text(item, 48, 60)?);
    let apart = |a: (usize, usize), b: (usize, usize)| a.0 > b.1 || b.0 > a.1;
    if !(apart(comm, path) && apart(comm, name) && apart(path, name)) {
        return None;
    }
    check_labels(item, comm.1.max(path.1).max(name.1) + 1, labels.into())
}
