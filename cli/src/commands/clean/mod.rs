//! `netipc clean`

#[cfg_attr(unix, path = "files.rs")]
#[cfg_attr(windows, path = "pipes.rs")]
mod platform;

use serde_json::json;

use self::platform::Files;
use super::connection::run_dir;
use super::directory;
use crate::args::Clean;
use crate::error::Failure;
use crate::output;

/// Removes what is left behind, or says what that is.
pub(crate) fn run(args: &Clean) -> Result<(), Failure> {
    let run_dir = run_dir(&args.directory);
    let only = args.service.as_deref();
    if let Some(service) = only {
        directory::endpoint(run_dir.path(), service)?;
    }
    run_dir.verify()?;
    let files = if args.dry_run {
        Files::that_would_be_cleaned(run_dir.path(), only)
    } else {
        Files::clean(run_dir.path(), only)
    };
    let files = files.map_err(|error| directory::unreadable(run_dir.path(), &error))?;
    if args.json {
        output::json(&json!({
            "run_dir": run_dir.path().to_string_lossy(),
            "dry_run": args.dry_run,
            "files": files.json(),
        }))?;
    } else {
        files.print(run_dir.path())?;
    }
    match files.failed() {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 file that is left behind could not be removed".to_owned())),
        failed => Err(Failure::Failed(format!("{failed} files that are left behind could not be removed"))),
    }
}
