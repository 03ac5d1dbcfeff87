use super::*;
use crate::commands::doctor::check::{Verdict, is};

fn endpoint(service: &str, state: State, reason: Option<&str>) -> Item {
    Item::example(service, state, reason)
}

/// The one check of the services.
#[track_caller]
fn only(service: Option<&str>, items: &[Item]) -> Check {
    let mut checks = all(service, items, |item| format!("look at {}", item.service));
    assert_eq!(checks.len(), 1, "{checks:?}");
    checks.remove(0)
}

#[test]
fn a_provider_that_answers_is_fine_and_every_other_one_says_what_is_wrong() {
    let check = |state, reason| only(None, &[endpoint("web", state, reason)]);
    let serving = check(State::Serving, None);
    is(&serving, Verdict::Fine, "process 7 answers");
    assert_eq!((serving.service.as_deref(), serving.title().as_str()), (Some("web"), "service web"));
    is(&check(State::RefusesToken, Some("no")), Verdict::Wrong, "refuses this token");
    is(&check(State::Full, Some("no")), Verdict::Wrong, "no further client");
    is(&check(State::Incompatible, Some("no profile")), Verdict::Wrong, "talked to: no profile");
    is(&check(State::Silent, Some("late")), Verdict::Wrong, "process 7 listens and does not answer");
    is(&check(State::Failed, Some("it closed")), Verdict::Wrong, "handshake fails: it closed");
    is(&check(State::Gone, Some("no")), Verdict::Wrong, "has ended");
    is(&check(State::InUse, None), Verdict::Note, "has not been asked");
    is(
        &check(State::Unasked, Some("whose?")),
        Verdict::Note,
        "process 7 listens, and has not been asked: whose?",
    );
}

#[test]
fn a_provider_whose_process_is_not_known_is_told_all_the_same() {
    let silent = Item { pid: None, ..endpoint("web", State::Silent, None) };
    is(&only(None, &[silent]), Verdict::Wrong, "its process listens");
}

#[test]
fn one_that_cannot_be_called_says_why_and_what_to_do() {
    let check = only(None, &[endpoint("web", State::Unknown, Some("Permission denied"))]);
    is(
        &check,
        Verdict::Wrong,
        "it cannot be called, nor can it be told whether it is served: Permission denied",
    );
    assert_eq!(check.advice.as_deref(), Some("look at web"));
}

#[test]
fn whoever_serves_cannot_be_told() {
    let denied = io::ErrorKind::PermissionDenied.into();
    let check = unseen(None, &denied, "mend it");
    is(&check, Verdict::Wrong, "cannot be told what is served here: permission denied");
    assert_eq!(check.service, None);
    assert_eq!(unseen(Some("web"), &denied, "mend it").service.as_deref(), Some("web"));
}

#[test]
fn a_directory_in_which_nothing_is_served_is_noted() {
    is(&only(None, &[]), Verdict::Note, "nothing is served here");
    is(&only(None, &[endpoint("web", State::LeftBehind, None)]), Verdict::Note, "nothing is served");
}

#[test]
fn a_service_that_was_asked_for_and_is_not_served_is_wrong() {
    let check = only(Some("web"), &[]);
    is(&check, Verdict::Wrong, "it has no provider here");
    assert_eq!(check.service.as_deref(), Some("web"));
    is(
        &only(Some("web"), &[endpoint("web", State::LeftBehind, None)]),
        Verdict::Wrong,
        "its provider is gone",
    );
}

#[test]
fn a_service_whose_name_somebody_else_has_cannot_just_be_started() {
    let check = only(Some("web"), &[endpoint("web", State::Foreign, None)]);
    is(&check, Verdict::Wrong, "what has its name is no provider's");
    assert!(check.advice.as_deref().is_some_and(|advice| advice.starts_with("free the name")), "{check:?}");
    is(&only(None, &[endpoint("web", State::Foreign, None)]), Verdict::Note, "nothing is served here");
}
