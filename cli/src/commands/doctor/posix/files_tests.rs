use super::*;
use crate::commands::doctor::check::{Verdict, is};
use crate::survey::{Kind, User};

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
    let path = format!("/run/x/{service}.sock").into();
    Item { path, user: Some(User(0)), ..Item::example(service, state, reason) }
}

fn region(state: State, reason: Option<&str>) -> Item {
    Item {
        kind: Kind::Region { session_id: 1 },
        path: "/run/x/web-0000000000000001.ipcshm".into(),
        ..socket("web", state, reason)
    }
}

#[test]
fn files_that_are_left_behind_are_noted_and_named() {
    is(&left_behind(&[socket("web", State::Serving, None)]), Verdict::Fine, "no files");
    let check = left_behind(&[socket("web", State::LeftBehind, None), region(State::LeftBehind, None)]);
    is(&check, Verdict::Note, "have left web.sock, web-0000000000000001.ipcshm");
    assert!(check.advice.is_some_and(|advice| advice.contains("netipc clean")));
}

#[test]
fn sockets_that_cannot_be_judged_are_no_all_clear() {
    let unknown = |service| socket(service, State::Unknown, Some("Permission denied (os error 13)"));
    let check = left_behind(&[socket("api", State::Serving, None), unknown("db"), unknown("web")]);
    is(&check, Verdict::Note, "2 sockets cannot be judged: Permission denied");
    is(&left_behind(&[unknown("web")]), Verdict::Note, "1 socket cannot be judged");
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

#[test]
fn a_provider_that_cannot_be_called_has_its_user_named_or_its_path() {
    let advice = |item: Item| facts(None).advice_on(&item);
    assert!(advice(socket("web", State::Unknown, None)).contains("(root)"));
    assert!(advice(Item { user: None, ..socket("web", State::Unknown, None) }).contains("directory first"));
    assert!(advice(socket(&"n".repeat(120), State::Unknown, None)).contains("shorter path"));
}
