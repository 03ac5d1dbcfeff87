//! Tests that hang fail.

use std::panic;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netipc_transport::Deadline;

/// No test takes nearly so long; one that does hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A deadline that only a hanging test meets.
pub fn soon() -> Deadline {
    Deadline::after(PATIENCE)
}

/// Runs a test, and fails it if it hangs.
pub fn watched(test: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let run = move || {
        test();
        let _ = done.send(());
    };
    let runner = thread::Builder::new().name(name).spawn(run).unwrap();
    match finished.recv_timeout(2 * PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the test hangs"),
        // A test that has panicked has dropped its end.
        _ => runner.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
    }
}
