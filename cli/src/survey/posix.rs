//! What lies in a run directory: sockets, and files of shared memory.

use std::io;
use std::path::Path;

use netipc::transport::{FileState, Inventory, RunFile, RunFileKind};
use nix::unistd;

use super::{Item, Kind, State};

/// A user, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User(pub(crate) u32);

impl User {
    /// Its number.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere users have none")]
    pub(crate) fn number(&self) -> Option<u32> {
        Some(self.0)
    }

    /// Its name, if it has one.
    pub(crate) fn name(&self) -> Option<String> {
        let uid = unistd::Uid::from_raw(self.0);
        unistd::User::from_uid(uid).ok().flatten().map(|user| user.name)
    }

    /// Its name, or number.
    pub(crate) fn words(&self) -> String {
        self.name().unwrap_or_else(|| self.0.to_string())
    }
}

/// Looks without asking anybody.
///
/// # Errors
/// The directory cannot be read.
pub(crate) fn look(run_dir: &Path, service: Option<&str>) -> io::Result<Vec<Item>> {
    Ok(Inventory::take(run_dir, service)?.files().iter().map(Item::of).collect())
}

impl Item {
    /// A file of which only the inventory knows.
    pub(crate) fn of(file: &RunFile) -> Self {
        let (state, reason) = state(&file.state);
        let kind = match file.kind {
            RunFileKind::Socket => Kind::Endpoint,
            RunFileKind::Region { session_id } => Kind::Region { session_id },
        };
        Self {
            service: file.service.clone(),
            kind,
            path: file.path.clone(),
            state,
            reason,
            pid: file.pid,
            user: file.uid.map(User),
            bytes: file.len,
            // The run directory is trusted, or nobody is asked.
            distrusted: None,
            agreed: None,
        }
    }
}

/// The library's verdict, and why, where that is not plain.
fn state(found: &FileState) -> (State, Option<String>) {
    match found {
        FileState::InUse => (State::InUse, None),
        FileState::LeftBehind => (State::LeftBehind, None),
        FileState::Foreign(why) => (State::Foreign, Some(why.to_string())),
        FileState::Unknown(why) => (State::Unknown, Some(why.to_string())),
        _ => (State::Unknown, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_its_name_or_none() {
        let nobody = User(u32::MAX - 7);
        assert_eq!((User(0).name().as_deref(), User(0).words().as_str()), (Some("root"), "root"));
        assert_eq!((nobody.name(), nobody.words()), (None, nobody.0.to_string()));
    }
}
