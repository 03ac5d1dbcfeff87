use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::super::create::create;
use super::super::header::LAYOUT;
use super::*;
use crate::shm::Geometry;

const NOBODY: u32 = 65_534;

fn place() -> (TempDir, Endpoint, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new(directory.path(), "web").unwrap();
    let path = name::path(&endpoint, 1);
    (directory, endpoint, path)
}

fn attached(endpoint: &Endpoint) -> Result<Region, AttachError> {
    attach(endpoint, 1, geteuid().as_raw())
}

/// What is wrong with a file with these bytes.
fn fault(bytes: &[u8]) -> RegionFault {
    let (_directory, endpoint, path) = place();
    fs::write(&path, bytes).unwrap();
    match attached(&endpoint) {
        Err(AttachError::Fault { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn region() -> Vec<u8> {
    let geometry = Geometry::for_limits(LAYOUT, 64, 64).unwrap();
    let mut bytes = RegionHeader::new(&geometry, 1, 1).encode().to_vec();
    bytes.resize(usize::try_from(geometry.len()).unwrap(), 0);
    bytes
}

#[test]
fn both_sides_see_the_same_areas_and_bytes() {
    let (_directory, endpoint, _) = place();
    let made = create(&endpoint, 1, 1_000, 5_000).unwrap();
    let found = attached(&endpoint).unwrap();
    assert_eq!(made.geometry(), found.geometry());
    let at = made.geometry().response.offset as usize;
    made.mapping().copy_in(at, &[1, 2, 3]).unwrap();
    let mut bytes = [0; 3];
    found.mapping().copy_out(at, &mut bytes).unwrap();
    assert_eq!(bytes, [1, 2, 3]);
}

#[test]
fn whoever_attaches_does_not_remove_the_file() {
    let (_directory, endpoint, path) = place();
    let _made = create(&endpoint, 1, 64, 64).unwrap();
    drop(attached(&endpoint).unwrap());
    assert!(path.exists());
}

#[test]
fn no_file_is_told_apart() {
    let (_directory, endpoint, _) = place();
    assert!(matches!(attached(&endpoint), Err(AttachError::Missing { .. })));
}

#[test]
fn a_file_shorter_than_a_header_is_not_ready() {
    assert_eq!(fault(&[]).name(), "not ready");
    assert_eq!(fault(&region()[..63]).name(), "not ready");
}

#[test]
fn each_wrong_field_has_an_error_of_its_own() {
    let wrong = |at: usize, byte: u8| {
        let mut bytes = region();
        bytes[at] = byte;
        fault(&bytes).name()
    };
    assert_eq!(wrong(0, 0), "bad magic");
    assert_eq!(wrong(4, 4), "bad version");
    assert_eq!(wrong(6, 63), "bad header length");
    assert_eq!(wrong(20, 0), "not ready");
    assert_eq!(wrong(16, 65), "bad size");
    assert_eq!(fault(&region()[..255]).name(), "bad size");
}

#[test]
fn what_is_not_a_regular_file_is_refused() {
    let (directory, endpoint, path) = place();
    fs::write(directory.path().join("target"), region()).unwrap();
    symlink(directory.path().join("target"), &path).unwrap();
    assert!(matches!(attached(&endpoint), Err(AttachError::NotAFile { .. })));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(attached(&endpoint), Err(AttachError::NotAFile { .. })));
    fs::remove_dir(&path).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(fifo.success());
    assert!(matches!(attached(&endpoint), Err(AttachError::NotAFile { .. })));
}

#[test]
fn a_file_of_a_third_user_is_refused_and_one_of_the_servers_is_not() {
    let (_directory, endpoint, path) = place();
    fs::write(&path, region()).unwrap();
    if std::os::unix::fs::chown(&path, Some(NOBODY), None).is_err() {
        // Only root gives files away.
        return;
    }
    let found = attach(&endpoint, 1, geteuid().as_raw());
    assert!(matches!(found, Err(AttachError::ForeignOwner { owner: NOBODY, .. })), "{found:?}");
    assert!(attach(&endpoint, 1, NOBODY).is_ok());
}
