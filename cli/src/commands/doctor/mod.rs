//! `netipc doctor`
//!
//! `platform` gathers what is so, and judges it with one function for each check, which touches nothing; `services` judges
//! the providers, wherever they are.

mod check;
#[cfg_attr(unix, path = "posix/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
mod platform;
mod services;

use comfy_table::Cell;
use serde_json::json;

use self::check::{Check, Verdict};
use self::platform::Facts;
use super::connection::run_dir;
use crate::args::Doctor;
use crate::colour::cell;
use crate::error::Failure;
use crate::output::{self, new_table};

/// Prints what is wrong, and fails if something is.
pub(crate) fn run(args: &Doctor) -> Result<(), Failure> {
    let run_dir = run_dir(&args.survey.endpoint.directory);
    let only = args.survey.endpoint.service.as_deref();
    if let Some(service) = only {
        // A path that is too long is for the checks to say; a name that is none is a slip of the finger.
        super::directory::endpoint("/".as_ref(), service)?;
    }
    let facts = Facts::gather(&run_dir, only, args.survey.endpoint.auth_token, args.survey.timeout);
    let checks = platform::all(&facts);
    let wrong = checks.iter().filter(|check| check.verdict == Verdict::Wrong).count();
    if args.survey.json {
        output::json(&json!({
            "run_dir": facts.run_dir.to_string_lossy(),
            "wrong": wrong,
            "checks": checks.iter().map(Check::json).collect::<Vec<_>>(),
        }))?;
    } else {
        print(&checks)?;
        output::line(summary(&facts, wrong))?;
    }
    if wrong == 0 { Ok(()) } else { Err(Failure::Reported) }
}

fn print(checks: &[Check]) -> Result<(), Failure> {
    let mut table = new_table(&["CHECK", "RESULT", "FINDING"], &[]);
    for check in checks {
        let finding = match &check.advice {
            Some(advice) => format!("{}\n> {advice}", check.finding),
            None => check.finding.clone(),
        };
        table.add_row([
            Cell::new(check.title()),
            cell(check.verdict.name(), check.verdict.tone()),
            Cell::new(finding),
        ]);
    }
    output::table(table)?;
    output::line("")
}

fn summary(facts: &Facts, wrong: usize) -> String {
    let run_dir = facts.run_dir.display();
    match wrong {
        0 => format!("nothing is wrong with {run_dir}"),
        1 => format!("1 thing is wrong with {run_dir}"),
        wrong => format!("{wrong} things are wrong with {run_dir}"),
    }
}
