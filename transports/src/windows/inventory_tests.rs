use windows_sys::Win32::Foundation::ERROR_ACCESS_DENIED;

use super::*;
use crate::windows::sys::create_byte_pipe;
use crate::{ListenOptions, Listener};

fn of(code: u32) -> io::Error {
    io::Error::from_raw_os_error(code.cast_signed())
}

fn endpoint(directory: &Path, service: &str) -> Endpoint {
    Endpoint::new(directory, service).unwrap()
}

#[test]
fn a_service_that_is_served_is_found_with_its_process() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = endpoint(directory.path(), "web");
    let _listener = Listener::bind(&endpoint, &ListenOptions::default()).unwrap();
    let inventory = Inventory::take(directory.path(), Some("web")).unwrap();
    let [pipe] = inventory.pipes() else { panic!("{inventory:?}") };
    assert_eq!((pipe.service.as_str(), pipe.name.as_str()), ("web", endpoint.pipe_name()));
    assert!(matches!(pipe.state, PipeState::InUse));
    assert_eq!(pipe.pid, Some(std::process::id()));
    assert!(pipe.user.as_ref().is_some_and(|user| user.starts_with("S-1-")));
    assert_eq!(pipe.owner, pipe.user);
    assert!(inventory.trusts(pipe));
    assert!(pipe.windows_session.is_some());
    assert_eq!(pipe.windows_session, inventory.windows_session());
}

#[test]
fn a_pipe_that_carries_bytes_is_foreign_and_its_process_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let _pipe = create_byte_pipe(endpoint(directory.path(), "web").pipe_name()).unwrap();
    let inventory = Inventory::take(directory.path(), Some("web")).unwrap();
    let [pipe] = inventory.pipes() else { panic!("{inventory:?}") };
    assert!(matches!(pipe.state, PipeState::Foreign), "{pipe:?}");
    assert_eq!(pipe.pid, Some(std::process::id()));
    assert!(pipe.user.is_some(), "{pipe:?}");
}

#[test]
fn only_this_user_the_system_and_administrators_are_trusted() {
    let user = Some("S-1-5-21-1-2-3-1001");
    for owner in ["S-1-5-21-1-2-3-1001", "S-1-5-18", "S-1-5-32-544"] {
        assert!(trusts(user, Some(owner)), "{owner}");
    }
    for owner in ["S-1-5-21-1-2-3-1002", "S-1-5-21-1-2-3-10012", "S-1-5-19", "S-1-1-0", ""] {
        assert!(!trusts(user, Some(owner)), "{owner}");
    }
    assert!(!trusts(user, None) && !trusts(None, None));
    assert!(trusts(None, Some("S-1-5-18")), "whoever this user is");
}

#[test]
fn one_that_is_not_served_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Inventory::take(directory.path(), Some("web")).unwrap().pipes().is_empty());
}

#[test]
fn a_name_that_is_none_is_an_error() {
    let error = Inventory::take(Path::new("run"), Some("../web")).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("../web"), "{error}");
}

// Wine 8 lists no pipes. That names are found is tried with files of the same names.

#[test]
fn services_are_what_stands_behind_the_start_of_the_names() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["netipc-0123-web", "netipc-4567-db", "netipc-0123", "other", "NetIPC-0123-api"] {
        std::fs::write(directory.path().join(name), "").unwrap();
    }
    let mut found = services(directory.path(), "netipc-0123-", 10).unwrap();
    found.sort();
    assert_eq!(found, ["api", "web"]);
}

#[test]
fn however_many_pipes_there_are_only_so_many_are_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..5 {
        std::fs::write(directory.path().join(format!("netipc-0123-{number}")), "").unwrap();
        std::fs::write(directory.path().join(format!("other-{number}")), "").unwrap();
    }
    let found = |most| services(directory.path(), "netipc-0123-", most).unwrap().len();
    assert_eq!((found(4), found(5), found(6)), (4, 5, 5));
}

#[test]
fn all_pipes_are_listed_or_it_is_said_that_none_can_be() {
    let directory = tempfile::tempdir().unwrap();
    let listeners = ["web", "db"].map(|service| {
        Listener::bind(&endpoint(directory.path(), service), &ListenOptions::default()).unwrap()
    });
    match Inventory::take(directory.path(), None) {
        Ok(inventory) => {
            let services: Vec<_> = inventory.pipes().iter().map(|pipe| pipe.service.as_str()).collect();
            assert_eq!(services, ["db", "web"]);
            assert!(inventory.is_complete());
        }
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{error}"),
    }
    drop(listeners);
}

#[test]
fn a_pipe_that_cannot_be_opened_is_in_use_or_foreign_or_unknown() {
    assert!(not_usable(of(ERROR_FILE_NOT_FOUND)).is_none());
    assert!(matches!(not_usable(of(ERROR_PIPE_BUSY)), Some(PipeState::InUse)));
    assert!(matches!(not_usable(of(ERROR_INVALID_PARAMETER)), Some(PipeState::Foreign)));
    let Some(PipeState::Unknown(error)) = not_usable(of(ERROR_ACCESS_DENIED)) else {
        panic!("it is unknown")
    };
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}
