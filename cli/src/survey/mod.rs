//! What is in a run directory: each file or pipe, what has become of it, and what providers say when they are asked.

mod asking;
#[cfg_attr(unix, path = "posix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod platform;
mod state;
mod withholding;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use netipc::transport::Agreed;
use serde_json::{Value, json};

pub(crate) use self::platform::{User, look};
pub(crate) use self::state::State;
use crate::error::sentence;
use crate::output::printable;

/// What has one of the contract's names.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) service: String,
    pub(crate) kind: Kind,
    /// Where it is: a file's path, or a pipe's name.
    pub(crate) path: PathBuf,
    pub(crate) state: State,
    /// Why the state is what it is, where it is neither in order nor plain.
    pub(crate) reason: Option<String>,
    pub(crate) pid: Option<u32>,
    pub(crate) user: Option<User>,
    pub(crate) bytes: u64,
    /// The session of Windows that its process is in.
    #[cfg(windows)]
    pub(crate) windows_session: Option<u32>,
    /// Why its maker is not to see the token, where that is so and not for whoever looks to judge.
    pub(crate) distrusted: Option<String>,
    /// What a provider agreed to.
    pub(crate) agreed: Option<Agreed>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The socket, or the pipe, that a server listens on.
    Endpoint,
    /// The shared memory of a session, where it is a file.
    Region { session_id: u64 },
}

/// Looks at a run directory, or at one service in it, and asks its providers: as a client with this token, which
/// waits for so long. Who asks for a service by its name trusts it.
///
/// # Errors
/// The directory cannot be read.
pub(crate) fn survey(
    run_dir: &Path,
    service: Option<&str>,
    auth_token: u64,
    timeout: Duration,
) -> io::Result<Vec<Item>> {
    let mut items = look(run_dir, service)?;
    if service.is_none() {
        withholding::withhold(&mut items, auth_token);
    }
    let answers = asking::ask_all(run_dir, &items, auth_token, timeout);
    let told = |(item, answer): (Item, Option<asking::Answer>)| match answer {
        None => item,
        Some(Ok(agreed)) => Item { state: State::Serving, agreed: Some(agreed), ..item },
        Some(Err(error)) => Item { state: State::of_error(&error), reason: Some(sentence(&error)), ..item },
    };
    Ok(items.into_iter().zip(answers).map(told).collect())
}

impl Item {
    pub(crate) fn is_endpoint(&self) -> bool {
        self.kind == Kind::Endpoint
    }

    pub(crate) fn file_name(&self) -> String {
        printable(self.path.file_name().unwrap_or_default().as_encoded_bytes())
    }

    /// The user, for people.
    pub(crate) fn user(&self) -> String {
        self.user.as_ref().map(User::words).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> String {
        self.pid.map(|pid| pid.to_string()).unwrap_or_default()
    }

    /// What each of them has, for programs.
    pub(crate) fn json(&self) -> Value {
        let mut value = json!({ "service": self.service });
        if let Kind::Region { session_id } = self.kind {
            value["session_id"] = session_id.into();
        }
        value["path"] = self.path.to_string_lossy().into();
        value["state"] = self.state.name().into();
        value["reason"] = self.reason.as_deref().into();
        value["pid"] = self.pid.into();
        value["uid"] = self.user.as_ref().and_then(User::number).into();
        value["user"] = self.user.as_ref().and_then(User::name).into();
        value
    }
}

#[cfg(test)]
impl Item {
    /// The endpoint of process 7.
    pub(crate) fn example(service: &str, state: State, reason: Option<&str>) -> Self {
        Self {
            service: service.to_owned(),
            kind: Kind::Endpoint,
            path: service.into(),
            state,
            reason: reason.map(str::to_owned),
            pid: Some(7),
            user: None,
            bytes: 0,
            #[cfg(windows)]
            windows_session: None,
            distrusted: None,
            agreed: None,
        }
    }
}
