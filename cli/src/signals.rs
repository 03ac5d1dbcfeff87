//! The signals that end a command in order.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Failure;

/// SIGINT and SIGTERM, as something to wait for. From here on they end nothing by themselves.
pub(crate) fn termination() -> Result<Signals, Failure> {
    catch(&[SIGINT, SIGTERM])
}

/// The same, and the terminal's end: for what must clean up but is not meant to outlive its terminal.
pub(crate) fn termination_or_hangup() -> Result<Signals, Failure> {
    catch(&[SIGINT, SIGTERM, SIGHUP])
}

fn catch(signals: &[i32]) -> Result<Signals, Failure> {
    Signals::new(signals).map_err(|error| Failure::Failed(format!("cannot wait for signals: {error}")))
}
