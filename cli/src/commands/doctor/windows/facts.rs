//! What is so with a run directory, as Windows and the providers tell it. All that the checks know.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use netipc::transport::{
    Abort, AcceptError, ClientSession, ConnectError, ConnectOptions, CreateError, Inventory, ListenOptions,
    Listener, Profiles,
};
use netipc::{Deadline, Endpoint};

use crate::error::sentence;
use crate::run_dir::RunDir;
use crate::survey::{Item, survey};

/// What is so with a run directory.
pub(in super::super) struct Facts {
    pub(in super::super) run_dir: PathBuf,
    /// The service that was asked for.
    pub(super) service: Option<String>,
    /// What was found, or why nothing is looked for: there is no run directory, or pipes cannot be named after it.
    pub(super) seen: Result<Seen, String>,
}

/// What was found in a run directory.
pub(super) struct Seen {
    /// A session of this process with itself, or why there was none.
    pub(super) trial: Result<Trial, String>,
    /// The session of Windows that this process is in.
    pub(super) windows_session: Option<u32>,
    /// The pipes. Providers have been asked.
    pub(super) items: io::Result<Vec<Item>>,
}

/// A provider that was started for a moment, as a caller sees it.
pub(super) struct Trial {
    /// Its user, which is this process's.
    pub(super) user: Option<String>,
    /// What carries a session with it.
    pub(super) profile: Profiles,
    /// Why it could make no shared memory, where that is so.
    pub(super) region_failure: Option<Arc<CreateError>>,
}

impl Facts {
    pub(in super::super) fn gather(
        run_dir: &RunDir,
        service: Option<&str>,
        auth_token: u64,
        timeout: Duration,
    ) -> Self {
        let path = run_dir.path();
        let seen = || {
            run_dir.verify().map_err(|failure| failure.to_string())?;
            let own = Endpoint::new(path, format!("netipc-doctor-{}", std::process::id()))
                .map_err(|error| error.to_string())?;
            Ok(Seen {
                trial: trial(&own, timeout).map_err(|error| sentence(&*error)),
                windows_session: Inventory::take(path, Some(own.service()))
                    .ok()
                    .and_then(|inventory| inventory.windows_session()),
                items: survey(path, service, auth_token, timeout),
            })
        };
        Self { run_dir: path.to_owned(), service: service.map(str::to_owned), seen: seen() }
    }
}

/// Serves, and connects to itself.
fn trial(endpoint: &Endpoint, timeout: Duration) -> Result<Trial, Box<dyn Error>> {
    let supported_profiles = Profiles::BASELINE | Profiles::SHM_HYBRID;
    let mut listener =
        Listener::bind(endpoint, &ListenOptions { supported_profiles, ..ListenOptions::default() })?;
    let user = user_of(endpoint);
    let options = ConnectOptions { supported_profiles, ..ConnectOptions::default() };
    let deadline = Deadline::after(timeout);
    let profile = profile(
        |abort| listener.accept(deadline, abort),
        |abort| Ok(ClientSession::connect(endpoint, &options, deadline, abort)?.agreed().profile),
    )?;
    Ok(Trial { user, profile, region_failure: listener.census().last_region_failure() })
}

/// What a client agrees on that connects while somebody accepts. Neither waits once the other one has failed, and why nobody
/// accepts tells more than that nobody answers. What was accepted stays until the client has its session.
fn profile<S: Send>(
    accept: impl FnOnce(&Abort) -> Result<S, AcceptError> + Send,
    connect: impl FnOnce(&Abort) -> Result<Profiles, ConnectError>,
) -> Result<Profiles, Box<dyn Error>> {
    let abort = &Abort::new();
    thread::scope(|scope| {
        let accept = move || {
            accept(abort).inspect_err(|error| {
                // A client whose time is up says so itself.
                if !matches!(error, AcceptError::TimedOut) {
                    abort.abort();
                }
            })
        };
        let accepting = thread::Builder::new().spawn_scoped(scope, accept)?;
        let connected = connect(abort).inspect_err(|_| abort.abort());
        match (accepting.join(), connected) {
            // The session was there, whatever the other side makes of its end.
            (_, Ok(profile)) => Ok(profile),
            // Who was told to stop, or saw no client, has nothing to say.
            (Ok(Ok(_) | Err(AcceptError::Aborted | AcceptError::TimedOut)) | Err(_), Err(error)) => {
                Err(error.into())
            }
            (Ok(Err(error)), Err(_)) => Err(error.into()),
        }
    })
}

/// The user that is seen to serve an endpoint.
fn user_of(endpoint: &Endpoint) -> Option<String> {
    let inventory = Inventory::take(endpoint.run_dir(), Some(endpoint.service())).ok()?;
    inventory.pipes().first()?.user.clone()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Whether it is told to stop; waits for that, and not for ever.
    fn is_told(abort: &Abort) -> bool {
        let start = Instant::now();
        while !abort.is_aborted() && start.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(1));
        }
        abort.is_aborted()
    }

    fn endpoint() -> Endpoint {
        Endpoint::new("run", "web").expect("a name")
    }

    #[test]
    fn nobody_accepts_any_longer_when_connecting_has_failed() {
        let mut was_told = false;
        let accept = |abort: &Abort| {
            was_told = is_told(abort);
            Err::<(), _>(AcceptError::Aborted)
        };
        let error =
            profile(accept, |_| Err(ConnectError::Closed { endpoint: endpoint() })).expect_err("none");
        assert!(error.to_string().contains("closed the connection"), "{error}");
        assert!(was_told);
    }

    #[test]
    fn nobody_connects_any_longer_when_accepting_has_failed_and_the_reason_is_that() {
        let mut was_told = false;
        let connect = |abort: &Abort| {
            was_told = is_told(abort);
            Err(ConnectError::Aborted { endpoint: endpoint() })
        };
        let failed = AcceptError::Io(io::ErrorKind::OutOfMemory.into());
        let error = profile(|_| Err::<(), _>(failed), connect).expect_err("none");
        assert_eq!(error.to_string(), "cannot accept clients");
        assert!(was_told);
    }

    #[test]
    fn a_session_counts_whatever_becomes_of_its_other_end() {
        let agreed = profile(|_| Err::<(), _>(AcceptError::TimedOut), |_| Ok(Profiles::SHM_HYBRID));
        assert_eq!(agreed.expect("a session"), Profiles::SHM_HYBRID);
    }
}
