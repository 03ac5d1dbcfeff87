//! What is in a run directory: each file, what has become of it, and what providers say when they are asked.

mod asking;
mod state;
mod users;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use netipc::transport::{Agreed, Inventory, RunFile, RunFileKind};
use serde_json::{Value, json};

pub(crate) use self::state::State;
use self::users::user_name;
pub(crate) use self::users::user_words;
use crate::error::sentence;
use crate::output::printable;

/// A file under one of the contract's names.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) service: String,
    pub(crate) kind: RunFileKind,
    pub(crate) path: PathBuf,
    pub(crate) state: State,
    /// Why the state is what it is, where it is neither in order nor plain.
    pub(crate) reason: Option<String>,
    pub(crate) pid: Option<u32>,
    pub(crate) uid: Option<u32>,
    pub(crate) bytes: u64,
    /// What a provider agreed to.
    pub(crate) agreed: Option<Agreed>,
}

/// Looks at a run directory, or at one service in it, and asks its providers: as a client with this token, which
/// waits for so long.
///
/// # Errors
/// The directory cannot be read.
pub(crate) fn survey(
    run_dir: &Path,
    service: Option<&str>,
    auth_token: u64,
    timeout: Duration,
) -> io::Result<Vec<Item>> {
    let inventory = Inventory::take(run_dir, service)?;
    let answers = asking::ask_all(run_dir, inventory.files(), auth_token, timeout);
    let item = |(file, answer): (&RunFile, Option<asking::Answer>)| match answer {
        None => Item::of(file),
        Some(Ok(agreed)) => Item { state: State::Serving, agreed: Some(agreed), ..Item::of(file) },
        Some(Err(error)) => {
            Item { state: State::of_error(&error), reason: Some(sentence(&error)), ..Item::of(file) }
        }
    };
    Ok(inventory.files().iter().zip(answers).map(item).collect())
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
        let (state, reason) = State::of_file(&file.state);
        Self {
            service: file.service.clone(),
            kind: file.kind,
            path: file.path.clone(),
            state,
            reason,
            pid: file.pid,
            uid: file.uid,
            bytes: file.len,
            agreed: None,
        }
    }

    pub(crate) fn is_socket(&self) -> bool {
        self.kind == RunFileKind::Socket
    }

    pub(crate) fn file_name(&self) -> String {
        printable(self.path.file_name().unwrap_or_default().as_encoded_bytes())
    }

    /// The user's name, if there is a user and it has one.
    pub(crate) fn user_name(&self) -> Option<String> {
        self.uid.and_then(user_name)
    }

    /// The user's name, or number.
    pub(crate) fn user(&self) -> String {
        self.uid.map(user_words).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> String {
        self.pid.map(|pid| pid.to_string()).unwrap_or_default()
    }

    /// What every file has, for programs.
    pub(crate) fn json(&self) -> Value {
        let mut value = json!({ "service": self.service });
        if let RunFileKind::Region { session_id } = self.kind {
            value["session_id"] = session_id.into();
        }
        value["path"] = self.path.to_string_lossy().into();
        value["state"] = self.state.name().into();
        value["reason"] = self.reason.as_deref().into();
        value["pid"] = self.pid.into();
        value["uid"] = self.uid.into();
        value["user"] = self.user_name().into();
        value
    }
}
