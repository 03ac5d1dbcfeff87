//! The names of what belongs to an endpoint.
//!
//! Contract: `docs/contract/windows.md`, "Names".

use std::path::Path;

use crate::EndpointError;

/// Characters of a pipe's name at most, `\\.\pipe\` included.
const NAME_MAX: usize = 256;

/// Where the pipes of this machine are.
pub(super) const PIPES: &str = r"\\.\pipe\";

/// The name of the pipe of a service: `\\.\pipe\netipc-{hash}-{service}`.
pub(crate) fn name(run_dir: &Path, service: &str) -> Result<String, EndpointError> {
    let name = format!("{PIPES}{}{service}", prefix(run_dir)?);
    if name.len() > NAME_MAX {
        return Err(EndpointError::NameTooLong { name, limit: NAME_MAX });
    }
    Ok(name)
}

/// What the names of all pipes of a run directory begin with.
pub(super) fn prefix(run_dir: &Path) -> Result<String, EndpointError> {
    let Some(bytes) = run_dir.to_str() else {
        return Err(EndpointError::InvalidRunDir { path: run_dir.to_owned() });
    };
    Ok(format!("netipc-{:016x}-", fnv1a64(bytes.as_bytes())))
}

/// Fowler, Noll and Vo's hash, in the order xor, multiply.
pub(crate) fn fnv1a64(bytes: &[u8]) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(START, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt;

    use super::*;

    #[test]
    fn the_hash_is_the_one_of_its_inventors() {
        assert_eq!(fnv1a64(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a64(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a64(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_pipe_is_named_after_the_callers_bytes() {
        let named = |run_dir: &str| name(Path::new(run_dir), "web").unwrap();
        assert_eq!(named("foobar"), r"\\.\pipe\netipc-85944171f73967e8-web");
        assert_ne!(named(r"C:\run"), named(r"c:\run"), "nothing is normalised");
        assert_ne!(named(r"C:\run"), named(r"C:\run\"));
        assert_eq!(named("\u{e4}"), format!(r"\\.\pipe\netipc-{:016x}-web", fnv1a64(&[0xc3, 0xa4])));
    }

    #[test]
    fn a_name_that_fills_the_room_is_taken_and_one_character_more_is_not() {
        let fixed = r"\\.\pipe\netipc-".len() + 16 + "-".len();
        let longest = "s".repeat(NAME_MAX - fixed);
        assert_eq!(name(Path::new("run"), &longest).unwrap().len(), NAME_MAX);
        let error = name(Path::new("run"), &(longest + "s")).unwrap_err();
        assert!(error.to_string().contains("257 characters"), "{error}");
    }

    #[test]
    fn a_run_directory_that_is_not_unicode_is_refused() {
        let lone_surrogate = OsString::from_wide(&[0xd800]);
        let error = name(Path::new(&lone_surrogate), "web").unwrap_err();
        assert!(matches!(error, EndpointError::InvalidRunDir { .. }), "{error}");
    }
}
