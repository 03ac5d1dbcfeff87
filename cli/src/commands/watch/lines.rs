//! Changes for people, a line each: what is not a terminal.

use std::time::Duration;

use netipc::messages::{CgroupView, CgroupsSnapshotView};

use super::Show;
use super::changes::Change;
use crate::error::Failure;
use crate::output::{self, printable};
use crate::snapshot;

/// Prints changes only.
#[derive(Default)]
pub(super) struct Lines {
    is_stale: bool,
}

impl Show for Lines {
    fn first(&mut self, snapshot: CgroupsSnapshotView<'_>) -> Result<(), Failure> {
        output::line(snapshot::summary(snapshot))
    }

    fn next(
        &mut self,
        _: CgroupsSnapshotView<'_>,
        changes: &[Change<'_>],
        stale_for: Option<Duration>,
    ) -> Result<(), Failure> {
        if let Some(time) = stale_for {
            self.is_stale = false;
            output::line(format_args!("fresh again after {time:.1?}"))?;
        }
        changes.iter().try_for_each(|change| output::line(line(change)))
    }

    fn stale(&mut self, _: CgroupsSnapshotView<'_>, why: &Failure, age: Duration) -> Result<(), Failure> {
        if std::mem::replace(&mut self.is_stale, true) {
            return Ok(());
        }
        output::line(format_args!("stale for {age:.1?}: {why}"))
    }
}

/// A change; where a field is another one than before, both.
fn line(change: &Change<'_>) -> String {
    let item = |item: &CgroupView<'_>| {
        format!(
            "{:08x}  enabled {}  options {}  {}  {}",
            item.hash(),
            item.enabled(),
            item.options(),
            printable(item.name()),
            printable(item.path())
        )
    };
    match change {
        Change::Added(added) => format!("+ {}", item(added)),
        Change::Removed(removed) => format!("- {}", item(removed)),
        Change::Changed { before, after } => {
            let mut line = format!("~ {:08x}", after.hash());
            let differ = |what: &str, before: String, after: String| {
                if before == after {
                    format!("  {what}{after}")
                } else {
                    format!("  {what}{before} -> {after}")
                }
            };
            line += &differ("enabled ", before.enabled().to_string(), after.enabled().to_string());
            line += &differ("options ", before.options().to_string(), after.options().to_string());
            line += &differ("", printable(before.name()), printable(after.name()));
            line += &differ("", printable(before.path()), printable(after.path()));
            line
        }
    }
}
