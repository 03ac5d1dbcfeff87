//! The checks, one function for each. They touch nothing.

use netipc::Profiles;
use netipc::transport::CreateError;

use super::facts::{Facts, Trial};
use crate::commands::doctor::check::Check;
use crate::error::sentence;
use crate::survey::{Item, State};

/// There is one, of which names can be made.
pub(super) fn directory(facts: &Facts) -> Check {
    const NAME: &str = "directory";
    match &facts.seen {
        Ok(_) => Check::fine(
            NAME,
            format!("the names of pipes are made of {}; it need not exist", facts.run_dir.display()),
        ),
        Err(why) => Check::wrong(NAME, why.clone(), "name one with --run-dir or NETIPC_RUN_DIR"),
    }
}

/// A provider can be started, and a caller reaches it.
pub(super) fn pipe(trial: &Result<Trial, String>) -> Check {
    const NAME: &str = "pipe";
    match trial {
        Ok(_) => Check::fine(NAME, "a pipe can be made here, and connected to"),
        Err(why) => Check::wrong(
            NAME,
            format!("no pipe can be made here and connected to: {why}"),
            "try a longer --timeout; or look what keeps this user from making pipes",
        ),
    }
}

/// Who else may call what this user provides.
pub(super) fn user(trial: &Trial) -> Check {
    const NAME: &str = "user";
    match &trial.user {
        Some(user) => Check::fine(
            NAME,
            format!("what you provide may be called by you ({user}), LocalSystem and administrators"),
        ),
        None => Check::note(
            NAME,
            "it cannot be told which user this is",
            "what you provide may be called by the user who runs it, LocalSystem and administrators",
        ),
    }
}

/// A session can be in shared memory.
pub(super) fn shared_memory(trial: &Trial) -> Check {
    const NAME: &str = "shared_memory";
    if trial.profile == Profiles::BASELINE {
        let why = trial.region_failure.as_deref();
        let why_not = why.map_or_else(|| "nothing tells why".to_owned(), |error| sentence(error));
        return Check::note(
            NAME,
            format!(
                "shared memory cannot be made, so that sessions go through the pipe, and slower: {why_not}"
            ),
            match why {
                Some(CreateError::InUse { .. }) => "end the process that has made something of that name",
                _ => "look whether there is memory left, and room in the page file",
            },
        );
    }
    Check::fine(NAME, format!("a session can be in shared memory ({})", trial.profile))
}

/// Providers are in the same session of Windows as this process: there is no shared memory between different ones.
pub(super) fn windows_session(own: Option<u32>, items: &[Item]) -> Check {
    const NAME: &str = "windows_session";
    let Some(own) = own else {
        return Check::note(
            NAME,
            "it cannot be told in which session of Windows this process is",
            "there is shared memory only between processes of the same one",
        );
    };
    let elsewhere = |item: &Item| {
        let session = item.windows_session.filter(|session| *session != own)?;
        Some(format!("{} (in {session})", item.service))
    };
    let elsewhere: Vec<String> = items.iter().filter_map(elsewhere).collect();
    if elsewhere.is_empty() {
        return Check::fine(
            NAME,
            format!("this process is in session {own} of Windows, and no provider in another"),
        );
    }
    Check::note(
        NAME,
        format!(
            "this process is in session {own} of Windows, and these are in others, so that their sessions with it go \
             through the pipe: {}",
            elsewhere.join(", ")
        ),
        "start both in the same one where the pipe is too slow",
    )
}

/// No name of a service is taken by who cannot be its provider, so that the provider could not start.
pub(super) fn other_pipes(items: &[Item]) -> Vec<Check> {
    const NAME: &str = "other_pipes";
    let taken = |item: &Item| {
        let process = item.pid.map(|pid| format!("process {pid}"));
        let user = item.user.as_ref().map(|user| format!("user {}", user.words()));
        let by = match (process, user) {
            (Some(process), Some(user)) => format!(" ({process} of {user})"),
            (Some(of_whom), None) | (None, Some(of_whom)) => format!(" ({of_whom})"),
            (None, None) => String::new(),
        };
        let finding = format!("the name of {} is taken by a pipe that is no provider's{by}", item.service);
        Check::wrong(NAME, finding, "end that process").of(&item.service)
    };
    let checks: Vec<Check> = items.iter().filter(|item| item.state == State::Foreign).map(taken).collect();
    if checks.is_empty() {
        return vec![Check::fine(NAME, "there are no pipes that only look like a provider's")];
    }
    checks
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
