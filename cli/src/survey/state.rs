//! What has become of a file or a pipe, in a word.

use netipc::ConnectError;

use crate::colour::Tone;

/// What has become of it: the library's verdict, and what the provider says.
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
    /// Of a region: its process is alive. Of an endpoint: nobody is asked where it is.
    InUse,
    /// Somebody listens, who is left out when others are asked.
    Unasked,
    LeftBehind,
    Foreign,
    Unknown,
}

impl State {
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
            Self::Unasked => "unasked",
            Self::LeftBehind => "left_behind",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
        }
    }

    /// How that is for whoever wants to call.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Serving | Self::InUse => Tone::Good,
            Self::Unasked | Self::Gone | Self::LeftBehind | Self::Foreign | Self::Unknown => Tone::Doubtful,
            Self::RefusesToken | Self::Full | Self::Incompatible | Self::Silent | Self::Failed => Tone::Bad,
        }
    }

    /// Its name for people.
    pub(crate) fn words(self) -> String {
        self.name().replace('_', " ")
    }
}
