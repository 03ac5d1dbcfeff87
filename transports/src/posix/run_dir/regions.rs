//! What has become of regions.

use std::path::Path;

use rustix::fs::{FileType, Stat};

use super::inventory::{FileState, Foreign, Found, foreign, unknown};
pub(super) use crate::posix::shm::service_and_session;
use crate::posix::shm::{Judged, Verdict, judge};

/// The verdict by which a server clears its names, told to somebody whose names they are not.
pub(super) fn judge_region(path: &Path, stat: &Stat) -> Option<Found> {
    let Judged { verdict, owner_pid } = judge(path, stat);
    let state = match verdict {
        Verdict::Gone => return None,
        Verdict::Alive => FileState::InUse,
        Verdict::Dead => FileState::LeftBehind,
        Verdict::NoFile => FileState::Foreign(foreign(FileType::from_raw_mode(stat.st_mode))),
        Verdict::NoRegion => FileState::Foreign(Foreign::NoRegion),
        Verdict::Unknown(error) | Verdict::Unreadable(error) => unknown(error),
    };
    let pid = owner_pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid != 0);
    Some(Found { state, pid, uid: None })
}
