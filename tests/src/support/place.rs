//! Where a test's endpoint is.

use netipc_transport::{
    Abort, ClientSession, ConnectError, ConnectOptions, Endpoint, ListenOptions, Listener,
};
use tempfile::TempDir;

use super::soon;

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

    /// The names of all files in the run directory.
    pub fn files(&self) -> Vec<String> {
        let entries = self.dir.path().read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}
