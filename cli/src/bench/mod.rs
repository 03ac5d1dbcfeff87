//! `netipc bench`: exchanges with a process of its own, beside their floors.
//!
//! `scenarios` says what is exchanged, `floors` what it is measured against, `measure` runs both in turns. `peer` is the
//! other process as this one sees it, `answering` is that process.

mod answering;
mod control;
mod cpus;
mod floors;
mod measure;
mod peer;
mod report;
mod scenarios;
mod sizes;
mod snapshot;

use std::io;
use std::path::Path;

use tempfile::TempDir;

pub(crate) use self::answering::run as answer;
use self::cpus::Cpus;
use self::report::Report;
use crate::args::bench::{self, Bench, Scenario};
use crate::error::Failure;
use crate::output;
use crate::progress::Progress;
use crate::signals::{Interrupt, interruptible};

/// Measures what was asked for, prints it, and leaves nothing behind.
pub(crate) fn run(args: &Bench) -> Result<(), Failure> {
    let cpus = Cpus::of_this_process()?;
    for placement in &args.placement {
        cpus.check(*placement)?;
    }
    let scenarios = scenarios::chosen(&args.scenarios)?;
    interruptible(|interrupt| {
        let directory = private_directory()
            .map_err(|error| Failure::because("cannot make a directory for the benchmark", &error))?;
        // Every peer is gone when this returns, so that nothing is added to what is removed below.
        let result = measure_all(args, &scenarios, &cpus, directory.path(), interrupt);
        let closed = directory
            .close()
            .map_err(|error| Failure::because("cannot remove the benchmark's directory", &error));
        result.and(closed)
    })
}

fn measure_all(
    args: &Bench,
    scenarios: &[Scenario],
    cpus: &Cpus,
    run_dir: &Path,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut reports = Vec::new();
    let progress = Progress::of(args.placement.len() * scenarios.len(), "measuring");
    for placement in &args.placement {
        for scenario in scenarios {
            progress.say(format!("{}, {}", bench::name(scenario), bench::name(placement)));
            let here = cpus.place(*placement)?;
            let site = scenarios::Site { placement: *placement, here: &here, run_dir, interrupt };
            let report: Report = scenarios::measure(*scenario, &site, args.seconds)?;
            progress.advance(1);
            if args.json {
                progress.aside(|| output::json_line(&report.json()))?;
            }
            reports.push(report);
        }
    }
    drop(progress);
    if args.json { Ok(()) } else { report::print(&reports) }
}

/// For its user alone: Windows makes no others in a user's temporary directory.
fn private_directory() -> io::Result<TempDir> {
    let mut directory = tempfile::Builder::new();
    directory.prefix("netipc-bench-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        directory.permissions(std::fs::Permissions::from_mode(0o700));
    }
    directory.tempdir()
}
