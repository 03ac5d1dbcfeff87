use netipc::transport::RunFileKind;

use super::super::check::Verdict;
use super::*;

fn facts(service: Option<&str>) -> Facts {
    Facts {
        run_dir: "/run/x".into(),
        is_made_by_providers: false,
        refused: None,
        service: service.map(str::to_owned),
        uid: 0,
        directory: Err(ErrorKind::NotFound.into()),
        items: Ok(Vec::new()),
    }
}

fn socket(service: &str, state: State, reason: Option<&str>) -> Item {
    Item {
        service: service.to_owned(),
        kind: RunFileKind::Socket,
        path: format!("/run/x/{service}.sock").into(),
        state,
        reason: reason.map(str::to_owned),
        pid: Some(7),
        uid: Some(0),
        bytes: 0,
        agreed: None,
    }
}

fn region(state: State, reason: Option<&str>) -> Item {
    Item {
        kind: RunFileKind::Region { session_id: 1 },
        path: "/run/x/web-0000000000000001.ipcshm".into(),
        ..socket("web", state, reason)
    }
}

#[track_caller]
fn is(check: &Check, verdict: Verdict, part: &str) {
    assert_eq!(check.verdict, verdict, "{check:?}");
    assert!(check.finding.contains(part), "{check:?}");
    assert_eq!(check.advice.is_some(), verdict != Verdict::Fine, "{check:?}");
}

/// The one check of the services.
#[track_caller]
fn only(facts: &Facts, items: &[Item]) -> Check {
    let mut checks = services(facts, items);
    assert_eq!(checks.len(), 1, "{checks:?}");
    checks.remove(0)
}

#[test]
fn files_that_are_left_behind_are_wrong_and_named() {
    is(&left_behind(&[socket("web", State::Serving, None)]), Verdict::Fine, "no files");
    let check = left_behind(&[socket("web", State::LeftBehind, None), region(State::LeftBehind, None)]);
    is(&check, Verdict::Wrong, "have left web.sock, web-0000000000000001.ipcshm");
    assert!(check.advice.is_some_and(|advice| advice.contains("netipc clean")));
}

#[test]
fn files_that_only_look_like_a_provider_s_are_noted() {
    is(&other_files(&[region(State::InUse, None)]), Verdict::Fine, "no files");
    let items = [socket("web", State::Foreign, Some("it is a directory")), region(State::Unknown, None)];
    is(&other_files(&items), Verdict::Note, "web.sock (it is a directory), web-0000000000000001.ipcshm");
    // That is a provider which cannot be called.
    is(&other_files(&[socket("web", State::Unknown, None)]), Verdict::Fine, "no files");
}

#[test]
fn a_provider_that_answers_is_fine_and_every_other_one_says_what_is_wrong() {
    let check = |state, reason| only(&facts(None), &[socket("web", state, reason)]);
    let serving = check(State::Serving, None);
    is(&serving, Verdict::Fine, "process 7 of user root answers");
    assert_eq!((serving.service.as_deref(), serving.title().as_str()), (Some("web"), "service web"));
    is(&check(State::RefusesToken, Some("no")), Verdict::Wrong, "refuses this token");
    is(&check(State::Full, Some("no")), Verdict::Wrong, "no further client");
    is(&check(State::Incompatible, Some("no profile")), Verdict::Wrong, "talked to: no profile");
    is(&check(State::Silent, Some("late")), Verdict::Wrong, "process 7 listens and does not answer");
    is(&check(State::Failed, Some("it closed")), Verdict::Wrong, "handshake fails: it closed");
    is(&check(State::Gone, Some("no")), Verdict::Wrong, "has ended");
    is(&check(State::InUse, None), Verdict::Note, "has not been asked");
}

#[test]
fn a_provider_whose_process_is_not_known_is_told_all_the_same() {
    let silent = Item { pid: None, ..socket("web", State::Silent, None) };
    is(&only(&facts(None), &[silent]), Verdict::Wrong, "its process listens");
}

#[test]
fn a_socket_that_may_not_be_connected_to_names_its_user() {
    let check = |item| only(&facts(None), &[item]);
    let denied = check(socket("web", State::Unknown, Some("Permission denied")));
    is(
        &denied,
        Verdict::Wrong,
        "it cannot be called, nor can it be told whether it is served: Permission denied",
    );
    assert!(denied.advice.is_some_and(|advice| advice.contains("(root)")));
    let unseen = check(Item { uid: None, ..socket("web", State::Unknown, None) });
    assert!(unseen.advice.is_some_and(|advice| advice.contains("directory first")));
    let long = check(socket(&"n".repeat(120), State::Unknown, None));
    assert!(long.advice.is_some_and(|advice| advice.contains("shorter path")));
}

#[test]
fn a_directory_in_which_nothing_is_served_is_noted() {
    is(&only(&facts(None), &[]), Verdict::Note, "nothing is served here");
    is(&only(&facts(None), &[socket("web", State::LeftBehind, None)]), Verdict::Note, "nothing is served");
}

#[test]
fn a_service_that_was_asked_for_and_is_not_served_is_wrong() {
    let web = facts(Some("web"));
    let check = only(&web, &[]);
    is(&check, Verdict::Wrong, "it has no provider here");
    assert_eq!(check.service.as_deref(), Some("web"));
    is(&only(&web, &[socket("web", State::LeftBehind, None)]), Verdict::Wrong, "its provider is gone");
    is(&only(&web, &[socket("web", State::Foreign, None)]), Verdict::Wrong, "no provider");
}

#[test]
fn a_directory_that_cannot_be_listed_says_so_once() {
    let denied = || ErrorKind::PermissionDenied.into();
    let missing = || ErrorKind::NotFound.into();
    let check = unseen(&facts(None), &denied()).expect("a check");
    is(&check, Verdict::Wrong, "cannot be told what is served here: permission denied");
    assert_eq!(
        unseen(&facts(Some("web")), &denied()).and_then(|check| check.service).as_deref(),
        Some("web")
    );
    assert_eq!(unseen(&facts(None), &missing()), None, "the check of the directory has said it");
    is(&unseen(&facts(Some("web")), &missing()).expect("a check"), Verdict::Wrong, "no provider");
}
