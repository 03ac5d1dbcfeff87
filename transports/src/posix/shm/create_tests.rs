use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use tempfile::TempDir;

use super::*;

const NAME: &str = "web-0000000000000001.ipcshm";

fn place() -> (TempDir, Endpoint) {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new(directory.path(), "web").unwrap();
    (directory, endpoint)
}

fn maker(endpoint: &Endpoint) -> Maker {
    Maker { path: name::path(endpoint, 1), geometry: Geometry::for_limits(LAYOUT, 1_000, 5_000).unwrap() }
}

fn files(directory: &TempDir) -> usize {
    fs::read_dir(directory.path()).unwrap().count()
}

/// Both ways to make one.
type Make = fn(&Maker, &Endpoint) -> Result<Region, CreateError>;
const WAYS: [(&str, Make); 2] = [
    ("nameless", |maker, endpoint| maker.make_nameless(endpoint.run_dir()).map(Option::unwrap)),
    ("named", |maker, _| maker.make_named()),
];

#[test]
fn a_region_is_complete_private_and_of_this_process_and_goes_with_its_owner() {
    for (way, make) in WAYS {
        let (directory, endpoint) = place();
        let region = make(&maker(&endpoint), &endpoint).unwrap();
        let path = directory.path().join(NAME);
        let bytes = fs::read(&path).unwrap();
        let header = RegionHeader::decode(&bytes).unwrap();
        assert_eq!(header.check(bytes.len() as u64), Ok(()), "{way}");
        assert_eq!((header.request_offset, header.request_capacity), (64, 1_088), "{way}");
        assert_eq!((header.response_offset, header.response_capacity), (1_152, 5_056), "{way}");
        let owner = Owner { pid: header.owner_pid, generation: header.owner_generation };
        assert_eq!(owner, Owner::this(), "{way}");
        assert!(bytes[32..].iter().all(|byte| *byte == 0), "{way}");
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o600, "{way}");
        assert!(metadata.blocks() * 512 >= bytes.len() as u64, "{way}: a sparse file");
        drop(region);
        assert_eq!(files(&directory), 0, "{way}");
    }
}

#[test]
fn a_name_that_somebody_left_behind_is_taken_over() {
    for (way, make) in WAYS {
        let (directory, endpoint) = place();
        fs::write(directory.path().join(NAME), b"garbage").unwrap();
        let region = make(&maker(&endpoint), &endpoint).unwrap();
        assert!(RegionHeader::decode(&fs::read(directory.path().join(NAME)).unwrap()).is_ok(), "{way}");
        drop(region);
        assert_eq!(files(&directory), 0, "{way}");
    }
}

#[test]
fn a_name_in_use_stays_what_it_is() {
    for (way, make) in WAYS {
        let (directory, endpoint) = place();
        let first = make(&maker(&endpoint), &endpoint).unwrap();
        let inode = fs::metadata(directory.path().join(NAME)).unwrap().ino();
        let error = make(&maker(&endpoint), &endpoint).unwrap_err();
        assert!(matches!(error, CreateError::InUse { .. }), "{way}: {error}");
        assert_eq!(fs::metadata(directory.path().join(NAME)).unwrap().ino(), inode, "{way}");
        drop(first);
        assert_eq!(files(&directory), 0, "{way}");
    }
}

#[test]
fn a_name_that_cannot_be_cleared_is_an_error() {
    for (way, make) in WAYS {
        let (directory, endpoint) = place();
        fs::create_dir_all(directory.path().join(NAME).join("precious")).unwrap();
        let error = make(&maker(&endpoint), &endpoint).unwrap_err();
        assert!(matches!(error, CreateError::Io { step: "unlink", .. }), "{way}: {error}");
        assert_eq!(files(&directory), 1, "{way}");
    }
}

#[test]
fn a_run_directory_that_is_gone_is_an_error() {
    let (directory, endpoint) = place();
    directory.close().unwrap();
    let error = create(&endpoint, 1, 64, 64).unwrap_err();
    assert!(matches!(error, CreateError::Io { step: "open", .. }), "{error}");
}

#[test]
fn limits_that_no_region_can_hold_are_an_error() {
    let (directory, endpoint) = place();
    let error = create(&endpoint, 1, u32::MAX, u32::MAX).unwrap_err();
    assert!(matches!(error, CreateError::TooLarge { .. }), "{error}");
    assert_eq!(files(&directory), 0);
}
