//! The names of regions.
//!
//! Contract: `docs/contract/posix.md`, "Names".

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::Endpoint;
use crate::endpoint::is_valid;

const SUFFIX: &str = ".ipcshm";
const DIGITS: usize = 16;

/// The path of a session's region.
pub(super) fn path(endpoint: &Endpoint, session_id: u64) -> PathBuf {
    endpoint.run_dir().join(format!("{}-{session_id:016x}{SUFFIX}", endpoint.service()))
}

/// The service and the session whose region has this name, if a region's can.
pub(crate) fn service_and_session(file_name: &str) -> Option<(&str, u64)> {
    let stem = file_name.strip_suffix(SUFFIX)?;
    let (service, digits) = stem.split_at_checked(stem.len().checked_sub(DIGITS)?)?;
    let service = service.strip_suffix('-').filter(|service| is_valid(service))?;
    // The parser takes a sign and upper case too.
    let digits = Some(digits)
        .filter(|digits| digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))?;
    Some((service, u64::from_str_radix(digits, 16).ok()?))
}

/// Whether a file of this name is a region of this service, and not one whose name begins alike.
pub(super) fn belongs_to(service: &str, file_name: &OsStr) -> bool {
    file_name.to_str().and_then(service_and_session).is_some_and(|(other, _)| other == service)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_region_is_named_after_its_service_and_session() {
        let endpoint = Endpoint::new("/run/netdata", "web").unwrap();
        let path = path(&endpoint, 0x1f);
        assert_eq!(path, Path::new("/run/netdata/web-000000000000001f.ipcshm"));
        assert!(belongs_to("web", path.file_name().unwrap()));
        assert_eq!(service_and_session("web-000000000000001f.ipcshm"), Some(("web", 0x1f)));
        assert_eq!(service_and_session("web-api-ffffffffffffffff.ipcshm"), Some(("web-api", u64::MAX)));
    }

    #[test]
    fn names_that_only_look_alike_are_not_the_services() {
        for name in [
            "web-api-000000000000001f.ipcshm",
            "web-000000000000001F.ipcshm",
            "web-00000000000001f.ipcshm",
            "web-0000000000000001f.ipcshm",
            "web-+00000000000001f.ipcshm",
            "web000000000000001f.ipcshm",
            "web-000000000000001f.ipcshm.tmp",
            "eb-000000000000001f.ipcshm",
            "web.sock",
            "-000000000000001f.ipcshm",
            "000000000000001f.ipcshm",
            ".ipcshm",
        ] {
            assert!(!belongs_to("web", OsStr::new(name)), "{name}");
        }
    }
}
