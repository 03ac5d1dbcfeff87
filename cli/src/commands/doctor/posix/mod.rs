//! What is looked at where a run directory is one: the directory, and what lies in it.

mod facts;
mod files;
mod place;

pub(super) use facts::Facts;

use super::check::Check;
use super::services;

/// Every check whose facts there are.
pub(super) fn all(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![place::directory(facts)];
    if let Ok(directory) = &facts.directory {
        checks.push(place::owner(facts, directory));
        checks.push(place::access(facts, directory));
    }
    checks.push(place::path(facts));
    if let Ok(directory) = &facts.directory {
        checks.push(place::file_system(&directory.space));
    }
    match &facts.items {
        Ok(items) => {
            checks.push(files::left_behind(items));
            checks.push(files::other_files(items));
            checks.extend(services::all(facts.service.as_deref(), items, |item| facts.advice_on(item)));
        }
        Err(error) => checks.extend(files::unseen(facts, error)),
    }
    checks
}
