//! What has become of a file, in a word.

use netipc::transport::{ConnectError, FileState};

use crate::colour::Tone;

/// What has become of a file: the library's verdict, and what the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Serving,
    RefusesToken,
    Full,
    Incompatible,
    Silent,
    Failed,
    /// A provider that was there a moment ago.
    Gone,
    /// Of a region: its process is alive. Of a socket: nobody has been asked.
    InUse,
    LeftBehind,
    Foreign,
    Unknown,
}

impl State {
    /// The library's verdict, and why, where that is not plain.
    pub(super) fn of_file(state: &FileState) -> (Self, Option<String>) {
        match state {
            FileState::InUse => (Self::InUse, None),
            FileState::LeftBehind => (Self::LeftBehind, None),
            FileState::Foreign(why) => (Self::Foreign, Some(why.to_string())),
            FileState::Unknown(why) => (Self::Unknown, Some(why.to_string())),
            _ => (Self::Unknown, None),
        }
    }

    /// Why there was no session.
    pub(super) fn of_error(error: &ConnectError) -> Self {
        match error {
            ConnectError::NotFound { .. } => Self::Gone,
            ConnectError::AuthFailed { .. } => Self::RefusesToken,
            ConnectError::LimitExceeded { .. } => Self::Full,
            ConnectError::Incompatible { .. } => Self::Incompatible,
            ConnectError::TimedOut { .. } => Self::Silent,
            _ => Self::Failed,
        }
    }

    /// Its name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::RefusesToken => "refuses_token",
            Self::Full => "full",
            Self::Incompatible => "incompatible",
            Self::Silent => "silent",
            Self::Failed => "failed",
            Self::Gone => "gone",
            Self::InUse => "in_use",
            Self::LeftBehind => "left_behind",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
        }
    }

    /// How that is for whoever wants to call.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Serving | Self::InUse => Tone::Good,
            Self::Gone | Self::LeftBehind | Self::Foreign | Self::Unknown => Tone::Doubtful,
            Self::RefusesToken | Self::Full | Self::Incompatible | Self::Silent | Self::Failed => Tone::Bad,
        }
    }

    /// Its name for people.
    pub(crate) fn words(self) -> String {
        self.name().replace('_', " ")
    }
}
