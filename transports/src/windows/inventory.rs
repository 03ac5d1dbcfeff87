//! Which pipes there are under the contract's names.

use std::ffi::OsStr;
use std::fs::DirEntry;
use std::io;
use std::os::windows::io::AsHandle;
use std::path::Path;

use windows_sys::Win32::Foundation::{
    ERROR_BAD_DEV_TYPE, ERROR_FILE_NOT_FOUND, ERROR_INVALID_PARAMETER, ERROR_PIPE_BUSY,
};

use super::name::{PIPES, prefix};
use super::sys::{
    code, open_any_pipe, own_user, own_windows_session, owner_of, read_messages, server_process_id,
    server_windows_session, user_of,
};
use crate::Endpoint;

/// Pipes that are looked at. Any process may make as many as it likes; there are far fewer services.
const MOST_PIPES: usize = 4_096;

/// `LocalSystem` and the administrators.
const TRUSTED: [&str; 2] = ["S-1-5-18", "S-1-5-32-544"];

/// The pipes of a run directory.
///
/// Live servers notice no more of it than a client that leaves without a word. There is nothing to clean up: a pipe goes with
/// the processes that have it, and so does shared memory.
///
/// Contract: `docs/contract/windows.md`, "Names".
///
/// ```
/// use netipc_transport::{Endpoint, Inventory, ListenOptions, Listener, PipeState};
/// let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "web")?;
/// let listener = Listener::bind(&endpoint, &ListenOptions::default())?;
///
/// let inventory = Inventory::take(directory.path(), Some("web"))?;
/// let [pipe] = inventory.pipes() else { panic!("one pipe") };
/// assert_eq!((pipe.service.as_str(), pipe.name.as_str()), ("web", endpoint.pipe_name()));
/// assert!(matches!(pipe.state, PipeState::InUse));
/// assert_eq!(pipe.pid, Some(std::process::id()));
/// # drop(listener);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inventory {
    pipes: Vec<ServedPipe>,
    windows_session: Option<u32>,
    user: Option<String>,
    is_complete: bool,
}

/// A pipe whose name the contract gives to a service.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServedPipe {
    /// The service.
    pub service: String,
    /// The pipe's name.
    pub name: String,
    /// What is found there.
    pub state: PipeState,
    /// The process that serves it; `None` where all its instances are taken, or it may not be opened.
    pub pid: Option<u32>,
    /// The user of that process, as Windows writes it: `S-1-5-…`; `None` where there is no `pid`, or that process may not be
    /// asked, as a service's and an elevated one's may not by an ordinary user.
    pub user: Option<String>,
    /// Whom the pipe belongs to, as Windows writes it; `None` where it may not be opened, or that is not told.
    ///
    /// It is the user who made the pipe, or the administrators where one of them did. Any process may make a pipe of any name,
    /// so that only this tells whose the server is: see [`Inventory::trusts`].
    pub owner: Option<String>,
    /// The session of Windows that this process is in: 0 is that of services, and who logs on is in another one.
    pub windows_session: Option<u32>,
}

/// What is found at a pipe's name.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipeState {
    /// A server has it. It may be that all its instances are taken just now.
    InUse,
    /// A pipe that carries bytes and not messages: no server of this contract made it.
    Foreign,
    /// It may not be opened; mostly another user's.
    Unknown(io::Error),
}

impl Inventory {
    /// Looks at all pipes of a run directory, at most 4,096 of them, or at that of one service.
    ///
    /// # Errors
    /// The pipes cannot be listed, or the names cannot be a pipe's ([`io::ErrorKind::InvalidInput`]).
    /// [`io::ErrorKind::Unsupported`] means that this system lists no pipes at all, as Wine 8 does not: there one has to ask
    /// for each service.
    pub fn take(run_dir: &Path, service: Option<&str>) -> io::Result<Self> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let mut is_complete = true;
        let endpoints = if let Some(service) = service {
            vec![Endpoint::new(run_dir, service).map_err(invalid)?]
        } else {
            let prefix = prefix(run_dir).map_err(invalid)?;
            let mut services = services(Path::new(PIPES), &prefix, MOST_PIPES + 1).map_err(no_list)?;
            is_complete = services.len() <= MOST_PIPES;
            services.truncate(MOST_PIPES);
            // A name that the contract gives to nobody is nobody's.
            services.into_iter().filter_map(|service| Endpoint::new(run_dir, service).ok()).collect()
        };
        let mut pipes: Vec<ServedPipe> = endpoints.iter().filter_map(look).collect();
        pipes.sort_by(|one, other| one.service.cmp(&other.service));
        Ok(Self { pipes, windows_session: own_windows_session().ok(), user: own_user().ok(), is_complete })
    }

    /// The pipes, by service.
    #[must_use]
    pub fn pipes(&self) -> &[ServedPipe] {
        &self.pipes
    }

    /// Whether these are all pipes of the run directory: whether there are no more than are looked at.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Whether a pipe belongs to somebody who may be shown a token: the user of this process, `LocalSystem` or the
    /// administrators, whom a server of this user's lets in too. It was so when the inventory was taken.
    #[must_use]
    pub fn trusts(&self, pipe: &ServedPipe) -> bool {
        trusts(self.user.as_deref(), pipe.owner.as_deref())
    }

    /// The session of Windows that this process is in. There is no shared memory between different ones.
    #[must_use]
    pub fn windows_session(&self) -> Option<u32> {
        self.windows_session
    }
}

/// What the names in a directory that begin so go on with, of so many at most.
fn services(directory: &Path, prefix: &str, most: usize) -> io::Result<Vec<String>> {
    let service = |entry: io::Result<DirEntry>| match entry {
        Ok(entry) => service_of(&entry.file_name(), prefix).map(Ok),
        Err(error) => Some(Err(error)),
    };
    std::fs::read_dir(directory)?.filter_map(service).take(most).collect()
}

/// Windows tells no capital letter of a pipe's name from a small one, and shows those that its maker took.
fn service_of(file_name: &OsStr, prefix: &str) -> Option<String> {
    let (start, service) = file_name.to_str()?.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| service.to_owned())
}

/// A system that has pipes in no directory says that they are in a device of the wrong type.
fn no_list(error: io::Error) -> io::Error {
    match code(&error) {
        ERROR_BAD_DEV_TYPE => io::Error::new(io::ErrorKind::Unsupported, error),
        _ => error,
    }
}

/// `None` where there is no pipe of this name.
fn look(endpoint: &Endpoint) -> Option<ServedPipe> {
    let mut found = ServedPipe {
        service: endpoint.service().to_owned(),
        name: endpoint.pipe_name().to_owned(),
        state: PipeState::InUse,
        pid: None,
        user: None,
        owner: None,
        windows_session: None,
    };
    let outcome = open_any_pipe(endpoint.pipe_name()).and_then(|pipe| {
        let pipe = pipe.as_handle();
        found.pid = server_process_id(pipe).ok();
        found.user = found.pid.and_then(|pid| user_of(pid).ok());
        found.owner = owner_of(pipe).ok();
        found.windows_session = server_windows_session(pipe).ok();
        // Last, so that the process was there while it was asked, and one whose pipe is foreign is told too.
        read_messages(pipe)
    });
    if let Err(error) = outcome {
        found.state = not_usable(error)?;
    }
    Some(found)
}

/// Whether this user trusts that one. Who is not known is not trusted.
fn trusts(user: Option<&str>, owner: Option<&str>) -> bool {
    owner.is_some_and(|owner| user == Some(owner) || TRUSTED.contains(&owner))
}

/// What it means that a pipe cannot be opened, or not be set to give messages; `None` where it is not there.
fn not_usable(error: io::Error) -> Option<PipeState> {
    match code(&error) {
        ERROR_FILE_NOT_FOUND => None,
        ERROR_PIPE_BUSY => Some(PipeState::InUse),
        // It was opened, and cannot be set to give messages.
        ERROR_INVALID_PARAMETER => Some(PipeState::Foreign),
        _ => Some(PipeState::Unknown(error)),
    }
}

#[cfg(test)]
#[path = "inventory_tests.rs"]
mod tests;
