use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::all;
use super::super::facts::Seen;
use super::*;
use crate::commands::doctor::check::{Verdict, is};
use crate::survey::{State, User};

fn trial(profile: Profiles) -> Trial {
    Trial { user: Some("S-1-5-21-7".to_owned()), profile, region_failure: None }
}

fn facts(seen: Result<Seen, String>) -> Facts {
    Facts { run_dir: r"C:\run".into(), service: None, seen }
}

fn pipe_of(service: &str, windows_session: Option<u32>) -> Item {
    Item { windows_session, ..Item::example(service, State::Serving, None) }
}

#[test]
fn without_a_run_directory_nothing_else_is_looked_at() {
    let checks = all(&facts(Err("there is no run directory".to_owned())));
    let [directory] = &checks[..] else { panic!("{checks:?}") };
    is(directory, Verdict::Wrong, "there is no run directory");
}

#[test]
fn a_pipe_that_cannot_be_made_is_wrong_and_the_rest_is_told_all_the_same() {
    let trial = Err("cannot make a pipe: access denied".to_owned());
    let items = Ok(vec![pipe_of("web", Some(1))]);
    let checks = all(&facts(Ok(Seen { trial, windows_session: Some(1), items })));
    let names: Vec<_> = checks.iter().map(|check| check.name).collect();
    assert_eq!(names, ["directory", "pipe", "other_pipes", "windows_session", "service"]);
    is(&checks[1], Verdict::Wrong, "access denied");
}

#[test]
fn pipes_that_cannot_be_looked_at_are_wrong_and_what_was_done_already_is_not_advised() {
    let last = |service: Option<&str>| {
        let seen = Seen {
            trial: Ok(trial(Profiles::SHM_HYBRID)),
            windows_session: Some(1),
            items: Err(io::ErrorKind::PermissionDenied.into()),
        };
        let mut checks = all(&Facts { service: service.map(str::to_owned), ..facts(Ok(seen)) });
        checks.pop().expect("one")
    };
    for service in [None, Some("web")] {
        let check = last(service);
        is(&check, Verdict::Wrong, "cannot be told what is served here");
        let advises_service = check.advice.is_some_and(|advice| advice.contains("--service"));
        assert_eq!(advises_service, service.is_none());
    }
}

#[test]
fn whoever_may_call_is_told() {
    is(&user(&trial(Profiles::BASELINE)), Verdict::Fine, "S-1-5-21-7");
    is(&user(&Trial { user: None, ..trial(Profiles::BASELINE) }), Verdict::Note, "cannot be told");
}

#[test]
fn a_session_that_is_not_in_shared_memory_is_noted() {
    is(&shared_memory(&trial(Profiles::SHM_HYBRID)), Verdict::Fine, "SHM_HYBRID");
    is(&shared_memory(&trial(Profiles::BASELINE)), Verdict::Note, "nothing tells why");
}

#[test]
fn why_there_is_no_shared_memory_is_told_and_what_to_do_depends_on_it() {
    let (path, step) = (PathBuf::from("a name"), "CreateFileMapping");
    let source = io::Error::other("no room");
    for (failure, told, advised) in [
        (CreateError::InUse { path: path.clone() }, "a name is in use", "end the process"),
        (CreateError::Io { path, step, source }, "CreateFileMapping failed: no room", "the page file"),
    ] {
        let region_failure = Some(Arc::new(failure));
        let check = shared_memory(&Trial { region_failure, ..trial(Profiles::BASELINE) });
        is(&check, Verdict::Note, told);
        assert!(check.advice.as_deref().is_some_and(|advice| advice.contains(advised)), "{check:?}");
    }
}

#[test]
fn a_name_that_is_taken_by_no_provider_is_wrong_and_its_process_told() {
    let [fine] = &other_pipes(&[pipe_of("db", Some(1))])[..] else { panic!("one") };
    is(fine, Verdict::Fine, "no pipes that only look like");
    let foreign = || Item::example("web", State::Foreign, None);
    let user = Some(User("S-1-5-21-7".to_owned()));
    let known = [
        (Item { user, ..foreign() }, " (process 7 of user S-1-5-21-7)"),
        (foreign(), " (process 7)"),
        (Item { pid: None, ..foreign() }, ""),
    ];
    for (item, by) in known {
        let checks = other_pipes(&[pipe_of("db", Some(1)), item]);
        let [check] = &checks[..] else { panic!("{checks:?}") };
        is(check, Verdict::Wrong, "the name of web is taken by a pipe that is no provider's");
        assert!(check.finding.ends_with(&format!("provider's{by}")), "{check:?}");
        assert_eq!(
            (check.service.as_deref(), check.advice.as_deref()),
            (Some("web"), Some("end that process"))
        );
    }
}

#[test]
fn providers_in_other_windows_sessions_are_named() {
    let items = [pipe_of("web", Some(1)), pipe_of("db", Some(0)), pipe_of("api", None)];
    is(&windows_session(Some(1), &items[..1]), Verdict::Fine, "session 1 of Windows");
    is(&windows_session(Some(1), &items), Verdict::Note, "through the pipe: db (in 0)");
    is(&windows_session(None, &items), Verdict::Note, "cannot be told");
}
