//! Tests of what is a matter of the whole process.

use std::process::{Command, ExitStatus};

use netipc_tests::support::watched;

/// Runs `part` in a process of its own, in which this very test is run again: gives how that ended.
pub(crate) fn apart(test: &str, part: impl FnOnce() + Send + 'static) -> ExitStatus {
    if std::env::var_os("NETIPC_TEST_APART").is_some() {
        watched(part);
        std::process::exit(0);
    }
    // What is killed by a signal leaves what it has.
    let remains = tempfile::tempdir().unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("NETIPC_TEST_APART", "1")
        .env("TMPDIR", remains.path())
        .output()
        .unwrap();
    println!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    run.status
}
