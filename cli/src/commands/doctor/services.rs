//! Checks of who serves in a run directory.

use std::io;

use super::check::Check;
use crate::commands::connection::WHEN_FULL;
use crate::error::sentence;
use crate::survey::{Item, State};

const SERVICE: &str = "service";

/// Each provider answers. What is left behind, or nobody's, has its own checks.
/// `service` is the one that was asked for, and `advice_on` says what to do about one that cannot be called.
pub(super) fn all(service: Option<&str>, items: &[Item], advice_on: impl Fn(&Item) -> String) -> Vec<Check> {
    let endpoints = || items.iter().filter(|item| item.is_endpoint());
    let checks: Vec<Check> = endpoints()
        .filter_map(|item| provider(item, &advice_on).map(|check| check.of(&item.service)))
        .collect();
    if !checks.is_empty() {
        return checks;
    }
    let start = "start one (netipc serve --help), or name the providers' directory with --run-dir";
    vec![match service {
        None => Check::note(SERVICE, "nothing is served here", start),
        Some(service) => {
            let is_there = |state| endpoints().any(|item| item.state == state);
            let check = if is_there(State::Foreign) {
                let finding = "it has no provider here: what has its name is no provider's";
                Check::wrong(SERVICE, finding, "free the name, and start one (netipc serve --help)")
            } else if is_there(State::LeftBehind) {
                Check::wrong(SERVICE, "its provider is gone", start)
            } else {
                Check::wrong(SERVICE, "it has no provider here", start)
            };
            check.of(service)
        }
    }]
}

fn provider(item: &Item, advice_on: impl Fn(&Item) -> String) -> Option<Check> {
    let process = item.pid.map_or("its process".to_owned(), |pid| format!("process {pid}"));
    let because = |what: &str| match &item.reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what.to_owned(),
    };
    let (finding, advice) = match item.state {
        State::LeftBehind | State::Foreign => return None,
        State::Serving => {
            let profile =
                item.agreed.as_ref().map_or(String::new(), |agreed| format!(", over {}", agreed.profile));
            let user = item.user.as_ref().map_or(String::new(), |user| format!(" of user {}", user.words()));
            return Some(Check::fine(SERVICE, format!("{process}{user} answers{profile}")));
        }
        State::InUse => {
            let finding =
                format!("{process} listens, and has not been asked: this directory is not to be trusted");
            return Some(Check::note(SERVICE, finding, "mend what is wrong with its owner first"));
        }
        State::Unasked => {
            let finding = because(&format!("{process} listens, and has not been asked"));
            let advice = format!("if it is to be asked, name it: --service {}", item.service);
            return Some(Check::note(SERVICE, finding, advice));
        }
        State::RefusesToken => (
            format!("{process} refuses this token"),
            "give the provider's token with NETIPC_AUTH_TOKEN or --auth-token".to_owned(),
        ),
        State::Full => (
            format!("{process} takes no further client, or no request of the default size"),
            WHEN_FULL.to_owned(),
        ),
        State::Incompatible => (because("it cannot be talked to"), "update it, or what calls it".to_owned()),
        State::Silent => (
            format!("{process} listens and does not answer in time"),
            "it is stopped, busy or hangs: look at it, end it and start it again, or try a longer --timeout"
                .to_owned(),
        ),
        State::Failed => {
            (because("its handshake fails"), format!("look at what {process} says, and start it again"))
        }
        State::Gone => ("its provider has ended just now".to_owned(), "start it again".to_owned()),
        State::Unknown => {
            (because("it cannot be called, nor can it be told whether it is served"), advice_on(item))
        }
    };
    Some(Check::wrong(SERVICE, finding, advice))
}

/// It cannot be told who serves.
pub(super) fn unseen(service: Option<&str>, error: &io::Error, advice: &str) -> Check {
    let finding = format!("it cannot be told what is served here: {}", sentence(error));
    let check = Check::wrong(SERVICE, finding, advice);
    service.into_iter().fold(check, Check::of)
}

#[cfg(test)]
#[path = "services_tests.rs"]
mod tests;
