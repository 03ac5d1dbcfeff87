//! `netipc bench`, where there is nothing to measure beside.

use crate::args::{Bench, BenchPeer};
use crate::error::Failure;

/// Says so.
pub(crate) fn run(_args: &Bench) -> Result<(), Failure> {
    Err(no_floors())
}

/// The same.
pub(crate) fn answer(_args: &BenchPeer) -> Result<(), Failure> {
    Err(no_floors())
}

fn no_floors() -> Failure {
    let sentence =
        "netipc bench measures beside bare system calls of Linux or Windows, and is not available here";
    Failure::Failed(sentence.to_owned())
}
