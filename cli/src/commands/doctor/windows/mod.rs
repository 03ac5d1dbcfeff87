//! What is looked at on Windows: whether pipes and shared memory can be made, and who shares them.

mod checks;
mod facts;

pub(super) use facts::Facts;

use super::check::Check;
use super::services;

/// What to do about a provider that cannot be called.
const BE_ALLOWED: &str = "if you have no permission, be the user who runs it, or an administrator";

/// Every check whose facts there are.
pub(super) fn all(facts: &Facts) -> Vec<Check> {
    let mut all = vec![checks::directory(facts)];
    if let Ok(seen) = &facts.seen {
        all.push(checks::pipe(&seen.trial));
        if let Ok(trial) = &seen.trial {
            all.push(checks::user(trial));
            all.push(checks::shared_memory(trial));
        }
        match &seen.items {
            Ok(items) => {
                all.extend(checks::other_pipes(items));
                all.push(checks::windows_session(seen.windows_session, items));
                all.extend(services::all(facts.service.as_deref(), items, |_| BE_ALLOWED.to_owned()));
            }
            Err(error) => {
                let advice = match facts.service {
                    None => "ask for one service with --service",
                    Some(_) => "look whether this is its name, and the name of its run directory",
                };
                all.push(services::unseen(facts.service.as_deref(), error, advice));
            }
        }
    }
    all
}
