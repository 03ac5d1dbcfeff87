//! Which directory is the namespace of the pipes.
//!
//! Pipes are in no directory: its name only becomes a part of theirs. So nothing is made, and it need not be there. Who may
//! connect is up to the pipe: the user who serves, `LocalSystem` and administrators.

use std::path::{Path, PathBuf};

use crate::error::Failure;

/// What the choice depends on besides `--run-dir`.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// `%LOCALAPPDATA%`, a directory of the user's own.
    pub(crate) local: Option<PathBuf>,
}

impl Surroundings {
    /// This process's.
    pub(crate) fn of_this_process() -> Self {
        Self { local: std::env::var_os("LOCALAPPDATA").map(PathBuf::from) }
    }
}

/// A run directory that was chosen.
#[derive(Debug)]
pub(crate) struct RunDir(Result<PathBuf, ()>);

impl RunDir {
    /// The one asked for, or the user's own.
    pub(crate) fn choose(asked: Option<&Path>, around: &Surroundings) -> Self {
        match (asked, &around.local) {
            (Some(asked), _) => Self(Ok(asked.to_owned())),
            (None, Some(local)) if local.is_absolute() => Self(Ok(local.join("netipc"))),
            (None, _) => Self(Err(())),
        }
    }

    /// Its path; empty where there is none.
    pub(crate) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// For a provider: refuses one that could not be chosen.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        self.verify()
    }

    /// Whether everybody may serve in it: whoever has a pipe there is told by the pipe itself.
    #[allow(clippy::unused_self, reason = "elsewhere it depends on the directory")]
    pub(crate) fn is_open_to_all(&self) -> bool {
        false
    }

    /// For a caller: the same.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        let nowhere = "there is no run directory, because LOCALAPPDATA is not set; choose one with --run-dir";
        self.0.as_ref().map(drop).map_err(|()| Failure::Failed(nowhere.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(local: Option<&str>) -> Surroundings {
        Surroundings { local: local.map(PathBuf::from) }
    }

    #[test]
    fn the_one_asked_for_is_taken_as_it_is() {
        let dir = RunDir::choose(Some(Path::new("anything")), &around(None));
        assert_eq!(dir.path(), Path::new("anything"));
        assert!(dir.prepare().is_ok() && dir.verify().is_ok());
        assert!(!dir.path().exists());
    }

    #[test]
    fn otherwise_it_is_the_users_own() {
        let dir = RunDir::choose(None, &around(Some(r"C:\Users\ann\AppData\Local")));
        assert_eq!(dir.path(), Path::new(r"C:\Users\ann\AppData\Local\netipc"));
        assert!(dir.verify().is_ok());
    }

    #[test]
    fn a_user_without_one_has_to_say_which() {
        for local in [None, Some("relative"), Some("")] {
            let dir = RunDir::choose(None, &around(local));
            let message = dir.prepare().expect_err("there is none").to_string();
            assert!(message.contains("--run-dir"), "{message}");
            assert!(dir.verify().is_err());
        }
    }
}
