//! From the command line's words to the library's.

use std::io::ErrorKind;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::{CallError, Client, ClientConfig, ConnectError, Endpoint, Profiles, Side, Status};

use crate::args::{self, Profile};
use crate::error::{Failure, sentence};
use crate::run_dir::{RunDir, Surroundings};

/// The contract's names of the services.
pub(super) mod services {
    pub(crate) const APPS_LOOKUP: &str = "apps-lookup";
    pub(crate) const CGROUPS_LOOKUP: &str = "cgroups-lookup";
    pub(crate) const CGROUPS_SNAPSHOT: &str = "cgroups-snapshot";
    pub(crate) const INCREMENT: &str = "increment";
    pub(crate) const IP_TO_ASN: &str = "ip-to-asn";
    pub(crate) const PID_TRAFFIC: &str = "pid-traffic";
    pub(crate) const STRING_REVERSE: &str = "string-reverse";

    pub(crate) const ALL: [&str; 7] =
        [APPS_LOOKUP, CGROUPS_LOOKUP, CGROUPS_SNAPSHOT, INCREMENT, IP_TO_ASN, PID_TRAFFIC, STRING_REVERSE];
}

/// Bytes of a response with cgroups that providers offer and callers take, unless told otherwise: some hundred
/// thousand cgroups, where the library's own default is enough for some hundred.
pub(crate) const SNAPSHOT_BYTES: u32 = 16 << 20;

/// The set of profiles that stands for one of the command line's words.
///
/// # Errors
/// [`Failure::Usage`] for one that this platform does not have.
pub(super) fn profiles(profile: Profile) -> Result<Profiles, Failure> {
    let asked = match profile {
        Profile::Baseline => Profiles::BASELINE,
        Profile::Shm => Profiles::SHM_HYBRID,
        Profile::Auto => Profiles::BASELINE | Profiles::SHM_HYBRID,
    };
    if asked.intersection(Profiles::CARRIED).is_empty() {
        return Err(Failure::Usage(format!("--profile {} is not available here", profile.name())));
    }
    Ok(asked)
}

/// The run directory that was asked for, or the default.
pub(super) fn run_dir(args: &args::Directory) -> RunDir {
    RunDir::choose(args.run_dir.as_deref(), &Surroundings::of_this_process())
}

/// The service's endpoint, and the run directory that it is in, as it was found.
///
/// # Errors
/// [`Failure::Usage`] for names that are not valid.
pub(super) fn endpoint(args: &args::Endpoint, contract_name: &str) -> Result<(Endpoint, RunDir), Failure> {
    let run_dir = run_dir(&args.directory);
    let service = args.service.as_deref().unwrap_or(contract_name);
    let endpoint =
        Endpoint::new(run_dir.path(), service).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok((endpoint, run_dir))
}

/// Bytes of payloads where the command line says nothing; 0 leaves it to the library.
#[derive(Clone, Copy, Default)]
pub(super) struct Most {
    pub(super) request: u32,
    pub(super) response: u32,
}

/// Where a caller finds its provider, and how it connects and calls. `timeout` is that of a call, and of connecting.
///
/// # Errors
/// Names that are not valid, a run directory that is not to be trusted, a profile that there is not.
pub(super) fn caller(
    args: &args::Caller,
    contract_name: &str,
    most: Most,
    timeout: Duration,
) -> Result<(Endpoint, ClientConfig), Failure> {
    let args::Caller { endpoint: place, session } = args;
    let (endpoint, run_dir) = endpoint(place, contract_name)?;
    run_dir.verify()?;
    let config = ClientConfig {
        auth_token: place.auth_token,
        supported_profiles: profiles(session.profile)?,
        max_request_payload_bytes: session.max_request_payload.unwrap_or(most.request),
        max_response_payload_bytes: session.max_response_payload.unwrap_or(most.response),
        packet_size: session.packet_size.unwrap_or_default(),
        call_timeout: timeout,
        handshake_timeout: timeout,
        ..ClientConfig::default()
    };
    Ok((endpoint, config))
}

/// Connects; what the library would try again later is a failure here.
///
/// # Errors
/// Why there is no session.
pub(super) fn connect<Req: MethodMessage, Resp: Answers<Req>>(
    client: &mut Client<Req, Resp>,
) -> Result<(), Failure> {
    client.refresh();
    client.connect_error().map_or(Ok(()), |error| Err(not_connected(error)))
}

/// Why there is no session, and what helps.
pub(super) fn not_connected(error: &ConnectError) -> Failure {
    match error {
        ConnectError::NotFound { endpoint, .. } => no_provider(endpoint),
        ConnectError::AuthFailed { .. } => Failure::Failed(format!(
            "{error}; give the provider's token with --auth-token or NETIPC_AUTH_TOKEN"
        )),
        ConnectError::LimitExceeded { .. } => Failure::Failed(format!("{error}; {WHEN_FULL}")),
        ConnectError::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            let root = if cfg!(windows) { "an administrator" } else { "root" };
            Failure::Failed(format!(
                "{}; be the user that runs the provider, or {root} (netipc doctor says more)",
                sentence(error)
            ))
        }
        _ => Failure::Failed(sentence(error)),
    }
}

/// What helps where a provider takes no further client, or none that asks for so much.
pub(super) const WHEN_FULL: &str =
    "end some of its clients, or start it with a higher --max-sessions or --max-request-payload";

/// Why a call failed, and what helps.
pub(super) fn why(error: &CallError) -> String {
    let hint = match error {
        // The library names its configuration, and here that is an option.
        CallError::RequestTooLarge { side: Side::Client, .. } => " (here: --max-request-payload)",
        CallError::ResponseTooLarge { .. } => " (here: --max-response-payload)",
        CallError::Rejected(Status::Unsupported) => ": it serves another method; is --service right?",
        CallError::Rejected(Status::InternalError) => ": its handler failed; look at what the provider says",
        CallError::Rejected(Status::BadEnvelope) => {
            ": it cannot decode the request; compare the versions of both sides"
        }
        _ => "",
    };
    format!("{}{hint}", sentence(error))
}

/// That nobody serves an endpoint.
pub(super) fn no_provider(endpoint: &Endpoint) -> Failure {
    Failure::Failed(format!(
        "there is no provider of {} at {endpoint}; start one, or name another run directory with --run-dir",
        endpoint.service()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint::new("/run/x", "web").expect("a name")
    }

    #[test]
    fn who_may_not_connect_is_told_so_once_and_who_may() {
        let source = std::io::Error::from(ErrorKind::PermissionDenied);
        let said = not_connected(&ConnectError::Io { endpoint: endpoint(), source }).to_string();
        assert!(said.starts_with("cannot connect to "), "{said}");
        assert_eq!(said.matches("cannot connect").count(), 1, "{said}");
        assert!(said.contains("permission denied; be the user that runs the provider"), "{said}");
    }

    #[test]
    fn whoever_meets_a_full_provider_is_told_what_helps() {
        let said = not_connected(&ConnectError::LimitExceeded { endpoint: endpoint() }).to_string();
        assert!(said.contains("no further client; end some of its clients, or start it with"), "{said}");
    }

    #[test]
    fn a_rejected_call_says_what_that_means() {
        let said = |status| why(&CallError::Rejected(status));
        assert_eq!(
            said(Status::Unsupported),
            "the server answers UNSUPPORTED: it serves another method; is --service right?"
        );
        assert!(said(Status::InternalError).contains("INTERNAL_ERROR: its handler failed"));
        assert!(said(Status::BadEnvelope).contains("BAD_ENVELOPE: it cannot decode the request"));
        assert_eq!(why(&CallError::TimedOut), "no answer before the deadline");
    }

    #[test]
    fn a_profile_is_taken_where_it_can_be_carried() {
        for profile in [Profile::Baseline, Profile::Auto] {
            assert!(profiles(profile).is_ok_and(|set| set.contains(Profiles::BASELINE)), "{profile:?}");
        }
        let carried = Profiles::CARRIED.contains(Profiles::SHM_HYBRID);
        assert_eq!(profiles(Profile::Shm).is_ok(), carried);
    }
}
