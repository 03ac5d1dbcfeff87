//! What is so with a run directory, as Windows and the providers tell it. All that the checks know.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use netipc::transport::{Abort, ClientSession, ConnectOptions, Inventory, ListenOptions, Listener, Profiles};
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
    let (deadline, abort) = (Deadline::after(timeout), Abort::new());
    thread::scope(|scope| {
        let accepting =
            thread::Builder::new().spawn_scoped(scope, || listener.accept(deadline, &Abort::new()))?;
        let options = ConnectOptions { supported_profiles, ..ConnectOptions::default() };
        let profile = ClientSession::connect(endpoint, &options, deadline, &abort)?.agreed().profile;
        // The session was there, whatever the other side makes of its end.
        drop(accepting.join());
        Ok(Trial { user, profile })
    })
}

/// The user that is seen to serve an endpoint.
fn user_of(endpoint: &Endpoint) -> Option<String> {
    let inventory = Inventory::take(endpoint.run_dir(), Some(endpoint.service())).ok()?;
    inventory.pipes().first()?.user.clone()
}
