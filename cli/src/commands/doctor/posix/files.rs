//! Checks of what lies in the directory.

use std::io::{self, ErrorKind};

use super::facts::Facts;
use crate::commands::doctor::check::Check;
use crate::commands::doctor::services;
use crate::survey::{Item, State};

/// No files of providers that are gone.
pub(super) fn left_behind(items: &[Item]) -> Check {
    const NAME: &str = "left_behind";
    let names: Vec<String> =
        items.iter().filter(|item| item.state == State::LeftBehind).map(Item::file_name).collect();
    if names.is_empty() {
        // Regions of the same kind are in the next check.
        let unknown: Vec<&Item> =
            items.iter().filter(|item| item.state == State::Unknown && item.is_endpoint()).collect();
        let Some(first) = unknown.first() else {
            return Check::fine(NAME, "there are no files of providers that are gone");
        };
        let sockets = if unknown.len() == 1 { "socket" } else { "sockets" };
        let why = first.reason.as_deref().unwrap_or("it is not known why");
        return Check::note(
            NAME,
            format!("{} {sockets} cannot be judged: {why}", unknown.len()),
            "look as the user that they belong to, or as root",
        );
    }
    Check::note(
        NAME,
        format!("providers that are gone have left {}", names.join(", ")),
        "netipc clean removes them; so does the next provider of the same service",
    )
}

/// No files that only look like a provider's, or that cannot be judged. Sockets of the latter kind are a service.
pub(super) fn other_files(items: &[Item]) -> Check {
    const NAME: &str = "other_files";
    let odd =
        |item: &&Item| item.state == State::Foreign || (item.state == State::Unknown && !item.is_endpoint());
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

/// The directory cannot be listed, so that there is nothing to say of what lies in it. Where there is none, that
/// has been said, and there still is no provider of a service that was asked for.
pub(super) fn unseen(facts: &Facts, error: &io::Error) -> Option<Check> {
    let is_missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    match &facts.service {
        Some(_) if is_missing => {
            services::all(facts.service.as_deref(), &[], |item| facts.advice_on(item)).pop()
        }
        None if is_missing => None,
        service => {
            let advice = "mend what is wrong with the directory first";
            Some(services::unseen(service.as_deref(), error, advice))
        }
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
