//! The hash of a cgroup's name.

/// 32-bit FNV-1, as producers of `cgroups-snapshot` hash names (`docs/contract/messages.md`): multiply, then xor.
pub(crate) fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |hash: u32, byte| hash.wrapping_mul(16_777_619) ^ u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1_and_not_fnv_1a() {
        // Published test vectors of FNV-1 (32 bits).
        assert_eq!(hash(b""), 0x811c_9dc5);
        assert_eq!(hash(b"a"), 0x050c_5d7e);
        assert_eq!(hash(b"foobar"), 0x31f0_b262);
    }
}
