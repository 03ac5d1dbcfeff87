use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use super::super::header::{LAYOUT, RegionHeader};
use super::*;
use crate::shm::Geometry;

/// A file with the header of a region that this process has, or some other one.
fn region(pid: i32, generation: u32) -> Vec<u8> {
    let geometry = Geometry::for_limits(LAYOUT, 64, 64).unwrap();
    let mut bytes = RegionHeader::new(&geometry, pid, generation).encode().to_vec();
    bytes.resize(usize::try_from(geometry.len()).unwrap(), 0);
    bytes
}

fn dead_pid() -> i32 {
    let mut child = Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    i32::try_from(child.id()).unwrap()
}

/// What becomes of a file with these bytes: the verdict, and whether it is still there.
fn verdict(bytes: &[u8]) -> (Way, bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("web-0000000000000001.ipcshm");
    fs::write(&path, bytes).unwrap();
    let way = make_way(&path);
    (way, path.exists())
}

const REMOVED: (Way, bool) = (Way::Free, false);
const KEPT: (Way, bool) = (Way::InUse, true);

#[test]
fn a_region_of_a_live_process_is_in_use() {
    let mut child = Command::new("sleep").arg("600").spawn().unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    assert_eq!(verdict(&region(pid, 7)), KEPT);
    assert_eq!(verdict(&region(1, 7)), KEPT);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(verdict(&region(pid, 7)), REMOVED);
}

#[test]
fn a_region_that_this_process_made_is_in_use() {
    let Owner { pid, generation } = Owner::this();
    assert_eq!(verdict(&region(pid, generation)), KEPT);
}

#[test]
fn a_region_with_this_process_id_that_it_did_not_make_is_left_behind() {
    let Owner { pid, generation } = Owner::this();
    assert_eq!(verdict(&region(pid, generation ^ 1)), REMOVED);
}

#[test]
fn a_region_of_a_dead_process_or_of_none_is_left_behind() {
    assert_eq!(verdict(&region(dead_pid(), 7)), REMOVED);
    assert_eq!(verdict(&region(0, 7)), REMOVED);
    assert_eq!(verdict(&region(-1, 7)), REMOVED);
    assert_eq!(verdict(&region(1, 0)), REMOVED);
}

#[test]
fn another_version_of_the_header_is_judged_by_its_owner_too() {
    let mut live = region(1, 7);
    live[4] = 9;
    assert_eq!(verdict(&live), KEPT);
}

#[test]
fn what_is_too_short_or_has_another_magic_is_garbage() {
    assert_eq!(verdict(&[]), REMOVED);
    assert_eq!(verdict(&region(1, 7)[..63]), REMOVED);
    let mut other = region(1, 7);
    other[0] ^= 1;
    assert_eq!(verdict(&other), REMOVED);
}

#[test]
fn what_is_not_a_regular_file_is_garbage_and_what_it_points_to_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("web-0000000000000001.ipcshm");
    let target = directory.path().join("target");
    fs::write(&target, region(1, 7)).unwrap();
    symlink(&target, &path).unwrap();
    assert_eq!(make_way(&path), Way::Free);
    assert!(target.exists() && path.symlink_metadata().is_err());

    fs::create_dir(&path).unwrap();
    assert_eq!(make_way(&path), Way::Free);
    assert!(!path.exists());

    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(make_way(&path), Way::Free);
    assert!(!path.exists());
}

#[test]
fn a_directory_with_something_in_it_stays_and_is_in_the_way() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("web-0000000000000001.ipcshm");
    fs::create_dir_all(path.join("precious")).unwrap();
    assert!(matches!(make_way(&path), Way::Blocked(_)));
    assert!(path.join("precious").exists());
}

#[test]
fn a_sweep_takes_the_services_own_regions_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new(directory.path(), "web").unwrap();
    let put = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let removed =
        [put("web-0000000000000001.ipcshm", &region(0, 7)), put("web-00000000000000ff.ipcshm", b"garbage")];
    let kept = [
        put("web-0000000000000002.ipcshm", &region(1, 7)),
        put("web-api-0000000000000001.ipcshm", &region(0, 7)),
        put("web-1.ipcshm", b"garbage"),
        put("web-000000000000000A.ipcshm", b"garbage"),
        put("web.sock", b""),
    ];
    sweep(&endpoint);
    assert!(removed.iter().all(|path| !path.exists()));
    assert!(kept.iter().all(|path| path.exists()));
}
