//! Windows has no files of providers: pipes and shared memory go with the processes that have them.

use std::io;
use std::path::Path;

use serde_json::Value;

use crate::error::Failure;
use crate::output;

/// What there is to clean up: nothing, ever.
pub(super) struct Files;

#[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "elsewhere there are files")]
impl Files {
    pub(super) fn that_would_be_cleaned(_run_dir: &Path, _only: Option<&str>) -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn clean(_run_dir: &Path, _only: Option<&str>) -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn failed(&self) -> usize {
        0
    }

    pub(super) fn json(&self) -> Vec<Value> {
        Vec::new()
    }

    pub(super) fn print(&self, run_dir: &Path) -> Result<(), Failure> {
        output::line(format_args!(
            "nothing is left behind in {}: pipes and shared memory go with their processes",
            run_dir.display()
        ))
    }
}
