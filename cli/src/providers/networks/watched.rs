//! A database that is read again when its file has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{Database, DatabaseError};
use crate::error::{Failure, complain};
use crate::providers::fresh::{Published, next_generation};

/// The last good state of a database. A new one is read beside the handlers, which answer from the old one meanwhile;
/// if it is no good, the old one stays, and stderr says why.
pub(in crate::providers) struct Watched {
    path: PathBuf,
    /// How long a change of the file may stay unseen.
    refresh: Duration,
    state: Arc<Mutex<State>>,
}

struct State {
    database: Arc<Published<Database>>,
    /// The file as it was when it was last seen.
    stamp: Option<Stamp>,
    checked: Instant,
    /// Whether a thread is reading it.
    reading: bool,
}

/// What changes when a file is replaced or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    /// Which file it is: on POSIX its device and inode, on Windows when it was made.
    identity: (u64, u64),
    len: u64,
    /// In seconds and nanoseconds, or in hundreds of nanoseconds and nothing.
    changed: (i64, i64),
}

impl Stamp {
    /// None for a file that is not there.
    fn of(path: &Path) -> Option<Self> {
        let file = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let (identity, changed) = {
            use std::os::unix::fs::MetadataExt;
            ((file.dev(), file.ino()), (file.ctime(), file.ctime_nsec()))
        };
        #[cfg(windows)]
        let (identity, changed) = {
            use std::os::windows::fs::MetadataExt;
            ((file.creation_time(), 0), (file.last_write_time().cast_signed(), 0))
        };
        Some(Self { identity, len: file.len(), changed })
    }
}

impl Watched {
    /// Reads the database.
    ///
    /// # Errors
    /// It is no good.
    pub(in crate::providers) fn open(path: &Path, refresh: Duration) -> Result<Self, DatabaseError> {
        // Before the reading: what is written meanwhile is a change.
        let stamp = Stamp::of(path);
        let database = Database::open(path)?;
        let database = Arc::new(Published { generation: next_generation(None), value: database });
        let state = State { database, stamp, checked: Instant::now(), reading: false };
        Ok(Self { path: path.to_owned(), refresh, state: Arc::new(Mutex::new(state)) })
    }

    /// The database; looks whether its file has changed if that was not done lately.
    pub(in crate::providers) fn current(&self) -> Arc<Published<Database>> {
        let mut state = lock(&self.state);
        if !state.reading && state.checked.elapsed() >= self.refresh {
            state.checked = Instant::now();
            let stamp = Stamp::of(&self.path);
            if stamp != state.stamp {
                state.stamp = stamp;
                state.reading = true;
                let (path, shared) = (self.path.clone(), Arc::clone(&self.state));
                let thread = thread::Builder::new().name("database".to_owned());
                if let Err(error) = thread.spawn(move || replace(&path, stamp, &shared)) {
                    complain(format_args!("the database cannot be read again now: {error}"));
                    (state.reading, state.stamp) = (false, None);
                }
            }
        }
        Arc::clone(&state.database)
    }
}

/// Reads the database again, as it was seen, and puts it in the place of the old one.
fn replace(path: &Path, seen: Option<Stamp>, shared: &Mutex<State>) {
    /// Also when reading panics.
    struct Done<'a>(&'a Mutex<State>);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            lock(self.0).reading = false;
        }
    }
    let _done = Done(shared);
    match Database::open(path) {
        // Whoever writes it in place has not come to an end. The next look sees that it has changed again.
        _ if Stamp::of(path) != seen => {}
        Ok(value) => {
            let mut state = lock(shared);
            let generation = next_generation(Some(state.database.generation));
            state.database = Arc::new(Published { generation, value });
        }
        Err(error) => {
            complain(Failure::because("the database has changed; the one before stays in use", &error));
        }
    }
}

/// Every change of the state is one assignment: a panic leaves nothing half done.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What takes longer hangs.
    const WATCHDOG: Duration = Duration::from_mins(1);

    fn line(asn: u32) -> String {
        format!("192.0.2.0\t192.0.2.255\t{asn}\tZZ\tx\n")
    }

    fn asn(database: &Published<Database>) -> u32 {
        let found =
            database.value.find("192.0.2.1".parse().expect("an address")).expect("text does not fail");
        found.expect("it is in there").asn
    }

    /// Asks until `done`.
    fn wait(watched: &Watched, done: impl Fn(&Published<Database>) -> bool) -> Arc<Published<Database>> {
        let start = Instant::now();
        loop {
            let database = watched.current();
            if done(&database) {
                return database;
            }
            assert!(start.elapsed() < WATCHDOG, "it hangs");
            thread::yield_now();
        }
    }

    fn until_read(watched: &Watched) {
        wait(watched, |_| !lock(&watched.state).reading);
    }

    #[test]
    fn a_file_that_changes_is_read_again() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("db");
        fs::write(&file, line(1)).expect("a file");
        let watched = Watched::open(&file, Duration::ZERO).expect("it is well-formed");
        let first = watched.current();
        assert_eq!(asn(&first), 1);
        // Put in place in one step, as updaters do.
        fs::write(dir.path().join("new"), line(22)).expect("a file");
        fs::rename(dir.path().join("new"), &file).expect("the same directory");
        let second = wait(&watched, |database| asn(database) == 22);
        assert!(second.generation > first.generation);
        assert_eq!(asn(&first), 1, "who has the old one keeps it");
    }

    #[test]
    fn a_file_that_is_no_good_any_more_leaves_the_last_good_one() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("db");
        fs::write(&file, line(1)).expect("a file");
        let watched = Watched::open(&file, Duration::ZERO).expect("it is well-formed");
        let generation = watched.current().generation;
        fs::write(&file, "junk").expect("a file");
        watched.current();
        until_read(&watched);
        fs::remove_file(&file).expect("it is there");
        watched.current();
        until_read(&watched);
        let last = watched.current();
        assert_eq!((asn(&last), last.generation), (1, generation));
        fs::write(&file, line(33)).expect("a file");
        wait(&watched, |database| asn(database) == 33);
    }

    #[test]
    fn a_file_that_is_being_written_is_left_for_the_next_look() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("db");
        fs::write(&file, line(1)).expect("a file");
        let watched = Watched::open(&file, Duration::MAX).expect("it is well-formed");
        let seen = Stamp::of(&file);
        fs::write(&file, line(22) + "198.51.1").expect("a file");
        replace(&file, seen, &watched.state);
        assert_eq!(asn(&watched.current()), 1);
        fs::write(&file, line(22)).expect("a file");
        replace(&file, Stamp::of(&file), &watched.state);
        assert_eq!(asn(&watched.current()), 22);
    }

    #[test]
    fn a_file_that_was_looked_at_lately_is_not_looked_at() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("db");
        fs::write(&file, line(1)).expect("a file");
        let watched = Watched::open(&file, Duration::MAX).expect("it is well-formed");
        fs::write(&file, line(22)).expect("a file");
        assert_eq!(asn(&watched.current()), 1);
        assert!(!lock(&watched.state).reading);
    }
}
