//! Which process a region belongs to.
//!
//! Contract: `docs/contract/posix.md`, "Region" and "Left-behind regions".

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use rustix::io::Errno;
use rustix::process::{Pid, getpid};

use crate::posix::sys::test_kill_process;

/// The owner of a region, as it stands in its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) pid: i32,
    pub(super) generation: u32,
}

impl Owner {
    /// This process.
    pub(super) fn this() -> Self {
        // Drawn once for a process; one that is forked off has another ID, and with it another generation.
        static SEED: OnceLock<RandomState> = OnceLock::new();
        let pid = getpid().as_raw_pid();
        let hash = SEED.get_or_init(RandomState::new).hash_one(pid);
        let [one, two, three, four, ..] = hash.to_ne_bytes();
        let generation = u32::from_ne_bytes([one, two, three, four]).max(1);
        Self { pid, generation }
    }

    /// Whether it still lives, so that its region is in use. A process with this one's ID and another generation is one
    /// that died before.
    pub(super) fn is_alive(self) -> bool {
        let this = Self::this();
        if self.pid == this.pid {
            return self.generation == this.generation;
        }
        self.generation != 0 && self.pid > 0 && Pid::from_raw(self.pid).is_some_and(exists)
    }
}

fn exists(pid: Pid) -> bool {
    matches!(test_kill_process(pid), Ok(()) | Err(Errno::PERM))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_always_has_the_same_generation() {
        assert_eq!(Owner::this(), Owner::this());
        assert_ne!(Owner::this().generation, 0);
        assert!(Owner::this().is_alive());
    }

    #[test]
    fn an_earlier_process_with_the_same_id_is_dead() {
        let this = Owner::this();
        assert!(!Owner { generation: this.generation ^ 1, ..this }.is_alive());
    }

    #[test]
    fn another_process_lives_for_as_long_as_it_runs() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let owner = Owner { pid: i32::try_from(child.id()).unwrap(), generation: 7 };
        assert!(owner.is_alive());
        assert!(!Owner { generation: 0, ..owner }.is_alive());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!owner.is_alive());
    }

    #[test]
    fn no_process_has_an_id_of_zero_or_less() {
        for pid in [0, -1, i32::MIN] {
            assert!(!Owner { pid, generation: 7 }.is_alive(), "{pid}");
        }
    }
}
