//! What lies in a run directory under the contract's names.
//!
//! The verdicts are those by which a server takes over a name, and finer: a server removes garbage from names that are
//! its own; whoever only looks, or cleans up after others, must not take garbage for what a server has left.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Stat};
use rustix::io::Errno;
use thiserror::Error;

use super::probe::{Probe, probe};
use super::regions::{judge_region, service_and_session};
use crate::posix::address::service_of_socket;
use crate::posix::credentials::peer_credentials;
use crate::posix::file_id::FileId;
use crate::posix::sys::lstat;
use crate::{Endpoint, EndpointError};

/// The sockets and regions of a run directory, and which of them are in use.
///
/// Live servers notice no more of it than a client that leaves without a word. Between this look and what is done
/// about it a server may start or end: [`Inventory::clean`] looks again.
///
/// Contract: `docs/contract/posix.md`, "Names", "Taking over" and "Left-behind regions".
///
/// ```
/// use netipc_transport::{Endpoint, FileState, Inventory, ListenOptions, Listener, RunFileKind};
/// let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "web")?;
/// let listener = Listener::bind(&endpoint, &ListenOptions::default())?;
///
/// let inventory = Inventory::take(directory.path(), None)?;
/// let [file] = inventory.files() else { panic!("one socket") };
/// assert_eq!((file.service.as_str(), file.kind), ("web", RunFileKind::Socket));
/// assert!(matches!(file.state, FileState::InUse));
/// assert_eq!(file.pid, Some(std::process::id()));
/// # drop(listener);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inventory {
    files: Vec<RunFile>,
}

/// A file whose name the contract gives to a service.
#[derive(Debug)]
#[non_exhaustive]
pub struct RunFile {
    /// The service.
    pub service: String,
    /// What its name says that it is.
    pub kind: RunFileKind,
    /// Where it is.
    pub path: PathBuf,
    /// What has become of it.
    pub state: FileState,
    /// The process that listens on the socket, or that the region says it belongs to. `None` where there is none, or
    /// none that this process can see.
    pub pid: Option<u32>,
    /// The effective user of the process that listens, or else the owner of the file; `None` where it cannot be told.
    pub uid: Option<u32>,
    /// Bytes of a regular file; 0 of anything else.
    pub len: u64,
    pub(super) file: Option<FileId>,
}

/// What the name of a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunFileKind {
    /// The socket that a server listens on.
    Socket,
    /// The shared memory of a session.
    Region {
        /// The session's number.
        session_id: u64,
    },
}

/// What has become of a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileState {
    /// A server answers at the socket, or has as many clients waiting as it can; the region's process is alive.
    InUse,
    /// A server made it, and is gone.
    LeftBehind,
    /// No server made it, as far as one can see. The next server that needs the name removes it.
    Foreign(Foreign),
    /// It cannot be told, so that it has to count as in use.
    Unknown(Doubt),
}

/// Why a file is nothing that a server made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Foreign {
    /// It is a symbolic link, and leads to no server.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// It is a directory.
    #[error("it is a directory")]
    Directory,
    /// It is another kind of file than its name says.
    #[error("it is another kind of file than its name says")]
    FileType,
    /// It has not the header of a region.
    #[error("it does not begin as shared memory does")]
    NoRegion,
    /// Something listens on it that is no server: a socket that carries no packets.
    #[error("something else than a NIPC server listens on it")]
    OtherKind,
}

/// Why it cannot be told what has become of a file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Doubt {
    /// The OS does not let this process look.
    #[error(transparent)]
    Os(io::Error),
    /// The name can be no socket's address here.
    #[error(transparent)]
    Name(EndpointError),
    /// The region's process is not to be seen, and yet its service may be served: perhaps from another PID namespace.
    /// A server judges the regions of its service when it starts.
    #[error("its process is not to be seen from here, but somebody may serve its service")]
    Served,
}

impl Inventory {
    /// Looks at all files of a run directory, or at those of one service.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn take(run_dir: &Path, service: Option<&str>) -> io::Result<Self> {
        let (mut sockets, mut regions) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(run_dir)? {
            let name = entry?.file_name();
            match named(&name) {
                Some((of, _)) if service.is_some_and(|service| service != of) => {}
                Some((of, RunFileKind::Socket)) => sockets.push(of.to_owned()),
                Some((of, kind @ RunFileKind::Region { .. })) => {
                    regions.push((of.to_owned(), kind, run_dir.join(&name)));
                }
                None => {}
            }
        }
        // Regions first: some servers make one for every connection, those of this look included.
        let mut files: Vec<RunFile> =
            regions.into_iter().filter_map(|(service, kind, path)| region(service, kind, &path)).collect();
        let sockets: Vec<RunFile> =
            sockets.into_iter().filter_map(|service| socket(run_dir, service)).collect();
        for region in &mut files {
            let served =
                sockets.iter().any(|socket| socket.service == region.service && socket.may_be_served());
            if served && matches!(region.state, FileState::LeftBehind) {
                region.state = FileState::Unknown(Doubt::Served);
            }
        }
        files.extend(sockets);
        files.sort_by(|one, other| (&one.service, one.kind).cmp(&(&other.service, other.kind)));
        Ok(Self { files })
    }

    /// The files, by service; its socket comes before its regions.
    #[must_use]
    pub fn files(&self) -> &[RunFile] {
        &self.files
    }

    pub(super) fn into_files(self) -> Vec<RunFile> {
        self.files
    }
}

impl RunFile {
    /// Whether a server made it and is gone.
    #[must_use]
    pub fn is_left_behind(&self) -> bool {
        matches!(self.state, FileState::LeftBehind)
    }

    /// What has become of the file by now; `None` where it has gone.
    pub(super) fn state_now(&self, stat: &Stat) -> Option<FileState> {
        let judge = match self.kind {
            RunFileKind::Socket => judge_socket,
            RunFileKind::Region { .. } => judge_region,
        };
        judge(&self.path, stat).map(|found| found.state)
    }

    fn may_be_served(&self) -> bool {
        matches!(self.state, FileState::InUse | FileState::Unknown(_))
    }
}

/// What a file name stands for.
fn named(file_name: &OsStr) -> Option<(&str, RunFileKind)> {
    let name = file_name.to_str()?;
    let region = |(service, session_id)| (service, RunFileKind::Region { session_id });
    let socket = || service_of_socket(name).map(|service| (service, RunFileKind::Socket));
    service_and_session(name).map(region).or_else(socket)
}

/// What is found out about a file: what has become of it, and whose it is.
pub(super) struct Found {
    pub(super) state: FileState,
    pub(super) pid: Option<u32>,
    pub(super) uid: Option<u32>,
}

impl Found {
    fn nobodys(state: FileState) -> Self {
        Self { state, pid: None, uid: None }
    }
}

/// `None` where it has gone meanwhile.
fn socket(run_dir: &Path, service: String) -> Option<RunFile> {
    match Endpoint::new(run_dir, service.as_str()) {
        Ok(endpoint) => file(service, RunFileKind::Socket, endpoint.socket_path(), judge_socket),
        Err(EndpointError::PathTooLong { path, limit }) => {
            file(service, RunFileKind::Socket, &path, |path, _| {
                let doubt = Doubt::Name(EndpointError::PathTooLong { path: path.to_owned(), limit });
                Some(Found::nobodys(FileState::Unknown(doubt)))
            })
        }
        // The directory has been read, and the name judged.
        Err(_) => None,
    }
}

/// `None` where it has gone meanwhile.
fn region(service: String, kind: RunFileKind, path: &Path) -> Option<RunFile> {
    file(service, kind, path, judge_region)
}

fn file(
    service: String,
    kind: RunFileKind,
    path: &Path,
    judge: impl FnOnce(&Path, &Stat) -> Option<Found>,
) -> Option<RunFile> {
    let path = path.to_owned();
    match lstat(&path) {
        Ok(stat) => {
            let Found { state, pid, uid } = judge(&path, &stat)?;
            let is_regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
            let len = if is_regular { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 };
            let uid = uid.or(Some(stat.st_uid));
            Some(RunFile { service, kind, path, state, pid, uid, len, file: Some(FileId::of(&stat)) })
        }
        Err(Errno::NOENT) => None,
        Err(error) => {
            let state = unknown(error);
            Some(RunFile { service, kind, path, state, pid: None, uid: None, len: 0, file: None })
        }
    }
}

fn judge_socket(path: &Path, stat: &Stat) -> Option<Found> {
    let state = match probe(path) {
        Probe::Connected(connection) => {
            let peer = peer_credentials(connection.as_fd()).ok();
            let pid = peer.map(|peer| peer.pid).filter(|pid| *pid != 0);
            return Some(Found { state: FileState::InUse, pid, uid: peer.map(|peer| peer.uid) });
        }
        Probe::Busy => FileState::InUse,
        Probe::OtherKind => FileState::Foreign(Foreign::OtherKind),
        Probe::Unknown(error) => unknown(error),
        Probe::Dead(error) => match (FileType::from_raw_mode(stat.st_mode), error) {
            // Elsewhere a live server whose backlog is full refuses too.
            (FileType::Socket, Errno::CONNREFUSED) if cfg!(target_os = "linux") => FileState::LeftBehind,
            (FileType::Socket, Errno::NOENT) => return None,
            // A server of another user, mostly: it lets only its own one connect.
            (FileType::Socket, error) => unknown(error),
            (other, _) => FileState::Foreign(foreign(other)),
        },
    };
    Some(Found::nobodys(state))
}

pub(super) fn unknown(error: Errno) -> FileState {
    FileState::Unknown(Doubt::Os(error.into()))
}

pub(super) fn foreign(file_type: FileType) -> Foreign {
    match file_type {
        FileType::Symlink => Foreign::SymbolicLink,
        FileType::Directory => Foreign::Directory,
        _ => Foreign::FileType,
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "inventory_tests.rs"]
mod tests;
