//! Checks of what lies in the directory, and of who serves there.

use std::io::{self, ErrorKind};

use netipc::Endpoint;

use super::check::Check;
use super::facts::Facts;
use crate::error::sentence;
use crate::survey::{Item, State};

/// No files of providers that are gone.
pub(super) fn left_behind(items: &[Item]) -> Check {
    const NAME: &str = "left_behind";
    let names: Vec<String> =
        items.iter().filter(|item| item.state == State::LeftBehind).map(Item::file_name).collect();
    if names.is_empty() {
        return Check::fine(NAME, "there are no files of providers that are gone");
    }
    Check::wrong(
        NAME,
        format!("providers that are gone have left {}", names.join(", ")),
        "netipc clean removes them; so does the next provider of the same service",
    )
}

/// No files that only look like a provider's, or that cannot be judged. Sockets of the latter kind are a service.
pub(super) fn other_files(items: &[Item]) -> Check {
    const NAME: &str = "other_files";
    let odd =
        |item: &&Item| item.state == State::Foreign || (item.state == State::Unknown && !item.is_socket());
    let told = |item: &Item| match &item.reason {
        Some(reason) => format!("{} ({reason})", item.file_name()),
        None => item.file_name(),
    };
    let files: Vec<String> = items.iter().filter(odd).map(told).collect();
    if files.is_empty() {
        return Check::fine(NAME, "there are no files that only look like a provider's");
    }
    Check::note(
        NAME,
        format!("these have names as a provider's files: {}", files.join(", ")),
        "if they are nobody's, remove them; a provider that needs such a name does",
    )
}

/// Each provider answers. Files that are nobody's have their own checks.
pub(super) fn services(facts: &Facts, items: &[Item]) -> Vec<Check> {
    let sockets = || items.iter().filter(|item| item.is_socket());
    let checks: Vec<Check> =
        sockets().filter_map(|item| provider(facts, item).map(|check| check.of(&item.service))).collect();
    if !checks.is_empty() {
        return checks;
    }
    let start = "start one (netipc serve --help), or name the providers' directory with --run-dir";
    vec![match &facts.service {
        None => Check::note(SERVICE, "nothing is served here", start),
        Some(service) => {
            let gone = sockets().any(|item| item.state == State::LeftBehind);
            let finding = if gone { "its provider is gone" } else { "it has no provider here" };
            Check::wrong(SERVICE, finding, start).of(service)
        }
    }]
}

const SERVICE: &str = "service";

fn provider(facts: &Facts, item: &Item) -> Option<Check> {
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
            return Some(Check::fine(SERVICE, format!("{process} of user {} answers{profile}", item.user())));
        }
        State::InUse => {
            let finding =
                format!("{process} listens, and has not been asked: this directory is not to be trusted");
            return Some(Check::note(SERVICE, finding, "mend what is wrong with its owner first"));
        }
        State::RefusesToken => (
            format!("{process} refuses this token"),
            "give the provider's with NETIPC_AUTH_TOKEN or --auth-token".to_owned(),
        ),
        State::Full => (
            format!("{process} takes no further client, or no request of the default size"),
            "end some of its clients, or start it with a higher --max-sessions, --max-request-payload"
                .to_owned(),
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
        State::Unknown => (
            because("it cannot be called, nor can it be told whether it is served"),
            if item.uid.is_none() {
                "mend what is wrong with the directory first".to_owned()
            } else if Endpoint::new(&facts.run_dir, item.service.as_str()).is_err() {
                "take a directory with a shorter path".to_owned()
            } else {
                format!("if you have no permission, be the user that its socket belongs to ({})", item.user())
            },
        ),
    };
    Some(Check::wrong(SERVICE, finding, advice))
}

/// The directory cannot be listed, so that there is nothing to say of what lies in it. Where there is none, that
/// has been said, and there still is no provider of a service that was asked for.
pub(super) fn unseen(facts: &Facts, error: &io::Error) -> Option<Check> {
    let is_missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    match &facts.service {
        Some(_) if is_missing => services(facts, &[]).pop(),
        None if is_missing => None,
        service => {
            let finding = format!("it cannot be told what is served here: {}", sentence(error));
            let check = Check::wrong(SERVICE, finding, "mend what is wrong with the directory first");
            Some(service.iter().fold(check, |check, service| check.of(service)))
        }
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
