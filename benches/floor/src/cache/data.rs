//! What is looked up.

use super::Entry;

/// `count` cgroups: system services, containers, slices, with names of 20 to 40 bytes.
#[must_use]
pub fn entries(count: usize) -> Vec<Entry> {
    let entry = |number: usize| {
        let name = match number % 3 {
            0 => format!("system.slice/unit-{number:04}.service"),
            1 => format!("docker-{:012x}", number.wrapping_mul(0x9e37_79b9_7f4a)),
            _ => format!("user.slice/user-{}.slice/session-{number}", 1_000 + number % 7),
        };
        let path = format!("/sys/fs/cgroup/{name}").into_bytes();
        let fnv = |hash: u32, byte: u8| hash.wrapping_mul(16_777_619) ^ u32::from(byte);
        Entry { hash: name.bytes().fold(0x811c_9dc5, fnv), name: name.into_bytes(), path }
    };
    (0..count).map(entry).collect()
}
