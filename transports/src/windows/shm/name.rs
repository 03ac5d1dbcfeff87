//! The names of a session's region and events.
//!
//! Contract: `docs/contract/windows.md`, "Names".

use crate::windows::name::fnv1a64;
use crate::{Agreed, Endpoint};

/// What the names of a session's objects begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names(String);

impl Names {
    /// Of the session that was agreed with this token.
    pub(super) fn new(endpoint: &Endpoint, auth_token: u64, agreed: &Agreed) -> Self {
        let (service, profile, session_id) = (endpoint.service(), agreed.profile.bits(), agreed.session_id);
        // An endpoint's run directory is Unicode.
        let run_dir = endpoint.run_dir().to_string_lossy();
        let hash = fnv1a64(format!("{run_dir}\n{service}\n{auth_token}").as_bytes());
        Self(format!(r"Local\netipc-{hash:016x}-{service}-p{profile}-s{session_id:016x}"))
    }

    pub(super) fn mapping(&self) -> String {
        format!("{}-mapping", self.0)
    }

    pub(super) fn request_event(&self) -> String {
        format!("{}-req_event", self.0)
    }

    pub(super) fn response_event(&self) -> String {
        format!("{}-resp_event", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profiles;

    fn names(run_dir: &str, service: &str, token: u64) -> Names {
        let agreed = Agreed {
            profile: Profiles::SHM_HYBRID,
            session_id: 0x1f,
            packet_size: 4_096,
            max_request_payload_bytes: 1,
            max_request_batch_items: 1,
            max_response_payload_bytes: 1,
            max_response_batch_items: 1,
        };
        Names::new(&Endpoint::new(run_dir, service).unwrap(), token, &agreed)
    }

    #[test]
    fn objects_are_named_after_run_directory_service_token_profile_and_session() {
        let hash = fnv1a64(b"C:\\run\nweb\n18446744073709551615");
        let stem = format!(r"Local\netipc-{hash:016x}-web-p2-s000000000000001f");
        let names = names(r"C:\run", "web", u64::MAX);
        assert_eq!(names.mapping(), format!("{stem}-mapping"));
        assert_eq!(names.request_event(), format!("{stem}-req_event"));
        assert_eq!(names.response_event(), format!("{stem}-resp_event"));
    }

    #[test]
    fn sessions_with_another_token_have_other_names() {
        assert_ne!(names("run", "web", 1), names("run", "web", 2));
        assert_ne!(names("run", "web", 1), names("run", "web2", 1));
    }
}
