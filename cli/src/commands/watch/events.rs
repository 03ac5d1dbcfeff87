//! Changes for programs, a JSON object each.

use std::time::Duration;

use netipc::messages::{CgroupView, CgroupsSnapshotView};
use serde_json::{Value, json};

use super::Show;
use super::changes::Change;
use crate::error::Failure;
use crate::{json, output, snapshot};

/// Prints events.
#[derive(Default)]
pub(super) struct Events {
    is_stale: bool,
}

impl Show for Events {
    fn first(&mut self, snapshot: CgroupsSnapshotView<'_>) -> Result<(), Failure> {
        let mut event = json!({ "event": "snapshot" });
        if let (Value::Object(event), Value::Object(fields)) =
            (&mut event, snapshot::json(snapshot, usize::MAX))
        {
            event.extend(fields);
        }
        output::json_line(&event)
    }

    fn next(
        &mut self,
        snapshot: CgroupsSnapshotView<'_>,
        changes: &[Change<'_>],
        stale_for: Option<Duration>,
    ) -> Result<(), Failure> {
        if let Some(time) = stale_for {
            self.is_stale = false;
            let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            output::json_line(&json!({ "event": "fresh", "stale_ms": time }))?;
        }
        changes.iter().try_for_each(|change| output::json_line(&event(change, snapshot.generation())))
    }

    fn stale(&mut self, _: CgroupsSnapshotView<'_>, why: &Failure, _: Duration) -> Result<(), Failure> {
        if std::mem::replace(&mut self.is_stale, true) {
            return Ok(());
        }
        output::json_line(&json!({ "event": "stale", "error": why.to_string() }))
    }
}

fn event(change: &Change<'_>, generation: u64) -> Value {
    let item = |view: &CgroupView<'_>| json::shown(&view.to_owned());
    match change {
        Change::Added(added) => json!({ "event": "added", "generation": generation, "item": item(added) }),
        Change::Removed(removed) => {
            json!({ "event": "removed", "generation": generation, "item": item(removed) })
        }
        Change::Changed { before, after } => json!({
            "event": "changed",
            "generation": generation,
            "item": item(after),
            "before": item(before),
        }),
    }
}
