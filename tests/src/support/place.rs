//! Where a test's endpoint is.

#[cfg(windows)]
use netipc_transport::Inventory;
use netipc_transport::{
    Abort, ClientSession, ConnectError, ConnectOptions, Endpoint, ListenOptions, Listener,
};
use tempfile::TempDir;

#[cfg(windows)]
use super::region::{self, PROFILES};
use super::soon;

/// Regions of later sessions are not looked for: more than a test has sessions before it asks.
#[cfg(windows)]
const SESSIONS: u64 = 64;

/// A run directory that is gone when this is, and the endpoint `web` in it.
pub struct Place {
    pub dir: TempDir,
    pub endpoint: Endpoint,
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::new(dir.path(), "web").unwrap();
        Self { dir, endpoint }
    }

    pub fn listen(&self) -> Listener {
        self.listen_with(&ListenOptions::default())
    }

    pub fn listen_with(&self, options: &ListenOptions) -> Listener {
        Listener::bind(&self.endpoint, options).unwrap()
    }

    pub fn connect_with(&self, options: &ConnectOptions) -> Result<ClientSession, ConnectError> {
        ClientSession::connect(&self.endpoint, options, soon(), &Abort::new())
    }

    #[cfg(unix)]
    pub fn socket_exists(&self) -> bool {
        self.endpoint.socket_path().symlink_metadata().is_ok()
    }

    /// All that has a name here: see [`names`].
    pub fn names(&self) -> Vec<String> {
        names(&self.endpoint)
    }
}

/// The names that servers and sessions of an endpoint have taken: the files in its run directory, whosever they are.
#[cfg(unix)]
pub fn names(endpoint: &Endpoint) -> Vec<String> {
    let entries = endpoint.run_dir().read_dir().unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The names that servers and sessions of an endpoint have taken: its pipe, and regions where the token is 0.
#[cfg(windows)]
pub fn names(endpoint: &Endpoint) -> Vec<String> {
    let found = Inventory::take(endpoint.run_dir(), Some(endpoint.service())).unwrap();
    let pipes = found.pipes().iter().map(|pipe| pipe.name.clone());
    let sessions = PROFILES.into_iter().flat_map(|profile| (1..=SESSIONS).map(move |id| (profile, id)));
    let regions = sessions
        .filter(|&(profile, id)| region::exists(endpoint, profile, id))
        .map(|(profile, id)| region::stem(endpoint, profile, id));
    pipes.chain(regions).collect()
}
