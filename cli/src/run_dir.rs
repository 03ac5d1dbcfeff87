//! Which directory the sockets are in.
//!
//! A directory that this command chooses by itself is one that nobody else can put a socket into: whoever could,
//! would be the provider.

use std::fmt::Display;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::error::Failure;

/// What the choice depends on besides `--run-dir`.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// The shared run directory of monitoring plugins, `/run/netdata`.
    pub(crate) shared: PathBuf,
    /// `$XDG_RUNTIME_DIR`.
    pub(crate) xdg: Option<PathBuf>,
    /// Where anybody may make a directory, `/tmp`.
    pub(crate) tmp: PathBuf,
    /// The user.
    pub(crate) uid: u32,
}

impl Surroundings {
    /// This process's.
    pub(crate) fn of_this_process() -> Self {
        Self {
            shared: "/run/netdata".into(),
            xdg: std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
            tmp: "/tmp".into(),
            uid: rustix::process::geteuid().as_raw(),
        }
    }
}

/// Why a directory that should be private is not used.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) why: String,
    /// The command that mends it, where there is one.
    pub(crate) mend: Option<String>,
}

/// A run directory that was chosen and not touched yet.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    /// The user that it has to belong to, alone. `None` for one that was asked for, and for the shared one.
    private_to: Option<u32>,
}

impl RunDir {
    /// The one asked for, or the default.
    pub(crate) fn choose(asked: Option<&Path>, around: &Surroundings) -> Self {
        if let Some(asked) = asked {
            return Self { path: asked.to_owned(), private_to: None };
        }
        if around.shared.is_dir() && access(&around.shared, Access::WRITE_OK | Access::EXEC_OK).is_ok() {
            return Self { path: around.shared.clone(), private_to: None };
        }
        // The specification of XDG_RUNTIME_DIR wants relative paths ignored; a session that has ended leaves the
        // variable behind, without the directory.
        let path = match &around.xdg {
            Some(xdg) if xdg.is_absolute() && xdg.is_dir() => xdg.join("netipc"),
            _ => around.tmp.join(format!("netipc-{}", around.uid)),
        };
        Self { path, private_to: Some(around.uid) }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a provider makes it where it is missing.
    pub(crate) fn is_made_by_providers(&self) -> bool {
        self.private_to.is_some()
    }

    /// For a provider: makes it, if it is a private one and missing, and refuses it if it is not private.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        if self.private_to.is_some() {
            match DirBuilder::new().mode(0o700).create(&self.path) {
                // The umask may have taken bits away; what was there before is judged and not changed.
                Ok(()) => fs::set_permissions(&self.path, fs::Permissions::from_mode(0o700))
                    .map_err(|error| self.unusable(error))?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(self.unusable(error)),
            }
        }
        self.verify()
    }

    /// For a caller: refuses it if it should be private and somebody else could have put something into it. One that
    /// is missing is nobody's, and has no provider in it.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        match self.refusal() {
            None => Ok(()),
            Some(Refusal { why, mend: None }) => Err(self.unusable(why)),
            Some(Refusal { why, mend: Some(mend) }) => Err(self.unusable(format_args!("{why} ({mend})"))),
        }
    }

    /// Why it is refused, if it is.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let uid = self.private_to?;
        let found = match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => return Some(Refusal { why: error.to_string(), mend: None }),
            Ok(found) => found,
        };
        let mut mend = None;
        let why = if found.is_symlink() {
            "it is a symbolic link".to_owned()
        } else if !found.is_dir() {
            "it is not a directory".to_owned()
        } else if found.uid() != uid {
            format!("it belongs to user {}, not to you ({uid})", found.uid())
        } else if found.mode() & 0o022 != 0 {
            mend = Some(format!("chmod 700 {}", self.path.display()));
            format!("others may write to it (mode {:o})", found.mode() & 0o7777)
        } else {
            return None;
        };
        Some(Refusal { why, mend })
    }

    /// Whether everybody may put a socket into it.
    pub(crate) fn is_open_to_all(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| found.mode() & 0o002 != 0)
    }

    fn unusable(&self, why: impl Display) -> Failure {
        Failure::Failed(format!(
            "the run directory {} cannot be used: {why}; choose another one with --run-dir",
            self.path.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    struct Host {
        dir: TempDir,
        around: Surroundings,
    }

    /// A host with a `/tmp`, without `/run/netdata` and `$XDG_RUNTIME_DIR`.
    fn host() -> Host {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let around = Surroundings {
            shared: dir.path().join("netdata"),
            xdg: None,
            tmp: dir.path().to_owned(),
            uid: rustix::process::geteuid().as_raw(),
        };
        Host { dir, around }
    }

    impl Host {
        fn make(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.dir.path().join(name);
            fs::create_dir(&path).expect("a directory");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
            path
        }

        fn own(&self) -> PathBuf {
            self.around.tmp.join(format!("netipc-{}", self.around.uid))
        }

        fn choose(&self) -> RunDir {
            RunDir::choose(None, &self.around)
        }

        /// Where a provider would listen.
        fn provider(&self) -> Result<PathBuf, String> {
            let dir = self.choose();
            dir.prepare().map(|()| dir.path).map_err(|failure| failure.to_string())
        }

        /// Where a caller would look.
        fn caller(&self) -> Result<PathBuf, String> {
            let dir = self.choose();
            dir.verify().map(|()| dir.path).map_err(|failure| failure.to_string())
        }
    }

    #[test]
    fn the_one_asked_for_is_taken_as_it_is() {
        let host = host();
        let asked = Path::new("/nowhere/at/all");
        let dir = RunDir::choose(Some(asked), &host.around);
        assert_eq!(dir.path(), asked);
        assert!(!dir.is_made_by_providers() && dir.prepare().is_ok() && dir.verify().is_ok());
        assert!(!asked.exists());
    }

    #[test]
    fn the_shared_one_comes_first_where_it_can_be_written_to() {
        let mut host = host();
        let shared = host.make("netdata", 0o755);
        host.around.xdg = Some(host.make("xdg", 0o700));
        assert_eq!(host.provider(), Ok(shared));
    }

    #[test]
    fn a_file_in_place_of_the_shared_one_is_passed_over() {
        let host = host();
        fs::write(&host.around.shared, "").expect("a file");
        assert_eq!(host.provider(), Ok(host.own()));
    }

    #[test]
    fn the_session_s_runtime_directory_comes_second() {
        let mut host = host();
        let xdg = host.make("xdg", 0o700);
        host.around.xdg = Some(xdg.clone());
        let dir = host.provider().expect("it can be made");
        assert_eq!(dir, xdg.join("netipc"));
        assert_eq!(fs::metadata(dir).expect("it has been made").mode() & 0o7777, 0o700);
    }

    #[test]
    fn a_runtime_directory_that_is_gone_or_relative_is_passed_over() {
        let mut host = host();
        for xdg in ["relative", "", "/nowhere/at/all"] {
            host.around.xdg = Some(xdg.into());
            assert_eq!(host.provider(), Ok(host.own()), "{xdg}");
        }
    }

    #[test]
    fn the_last_resort_is_made_for_its_owner_alone_and_used_again() {
        let host = host();
        assert_eq!(host.provider(), Ok(host.own()));
        assert_eq!(fs::metadata(host.own()).expect("it has been made").mode() & 0o7777, 0o700);
        assert_eq!(host.provider(), Ok(host.own()));
        assert_eq!(host.caller(), Ok(host.own()));
    }

    #[test]
    fn choosing_and_calling_make_nothing() {
        let host = host();
        assert_eq!(host.caller(), Ok(host.own()));
        assert!(!host.own().exists());
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let host = host();
        let target = host.make("target", 0o700);
        symlink(target, host.own()).expect("a symbolic link");
        for refused in [host.provider(), host.caller()] {
            assert!(refused.expect_err("a symbolic link").contains("it is a symbolic link"));
        }
    }

    #[test]
    fn a_dangling_symbolic_link_is_refused_and_its_target_is_not_made() {
        let host = host();
        let target = host.dir.path().join("target");
        symlink(&target, host.own()).expect("a symbolic link");
        assert!(host.provider().is_err());
        assert!(!target.exists());
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused() {
        let mut host = host();
        let other = host.around.uid + 1;
        host.make(&format!("netipc-{other}"), 0o700);
        // The directory is ours; so, for the user who asks, it is somebody else's.
        host.around.uid = other;
        for refused in [host.provider(), host.caller()] {
            assert!(refused.expect_err("another owner").contains("belongs to user"));
        }
    }

    #[test]
    fn what_others_may_write_to_is_refused() {
        let host = host();
        let name = format!("netipc-{}", host.around.uid);
        host.make(&name, 0o770);
        let message = host.provider().expect_err("others may write to it");
        let path = host.own();
        assert!(message.contains("others may write to it (mode 770)"), "{message}");
        assert!(message.contains(&format!("chmod 700 {}", path.display())), "{message}");
        assert!(message.contains("--run-dir"), "{message}");
    }

    #[test]
    fn a_file_is_refused() {
        let host = host();
        fs::write(host.own(), "").expect("a file");
        assert!(host.provider().expect_err("a file").contains("not a directory"));
    }

    #[test]
    fn one_that_cannot_be_made_is_an_error_that_says_so() {
        let mut host = host();
        host.around.tmp = host.dir.path().join("gone");
        let message = host.provider().expect_err("no parent");
        assert!(message.contains("cannot be used"), "{message}");
    }
}
