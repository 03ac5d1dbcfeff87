//! Files that dead providers have left, and what is done to them.

use std::io;
use std::path::Path;

use comfy_table::Cell;
use netipc::transport::{Cleaned, Inventory, Outcome};
use serde_json::{Value, json};

use crate::colour::{Tone, cell};
use crate::error::{Failure, sentence};
use crate::output::{self, new_table};
use crate::survey::{Item, Kind, State, User, look};

/// What there is under the contract's names, and what becomes of it.
pub(super) struct Files(Vec<File>);

/// A file, and what becomes of it.
struct File {
    item: Item,
    done: Done,
    reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Removed,
    WouldBeRemoved,
    Gone,
    Kept,
    Failed,
}

impl Done {
    fn name(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::WouldBeRemoved => "would_be_removed",
            Self::Gone => "gone",
            Self::Kept => "kept",
            Self::Failed => "failed",
        }
    }

    fn words(self) -> String {
        match self {
            Self::Failed => "not removed".to_owned(),
            other => other.name().replace('_', " "),
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Removed | Self::WouldBeRemoved | Self::Gone => Tone::Good,
            Self::Kept => Tone::Doubtful,
            Self::Failed => Tone::Bad,
        }
    }
}

impl Files {
    pub(super) fn that_would_be_cleaned(run_dir: &Path, only: Option<&str>) -> io::Result<Self> {
        let file = |item: Item| match item.state {
            State::LeftBehind => File { item, done: Done::WouldBeRemoved, reason: None },
            _ => File::kept(item),
        };
        Ok(Self(look(run_dir, only)?.into_iter().map(file).collect()))
    }

    pub(super) fn clean(run_dir: &Path, only: Option<&str>) -> io::Result<Self> {
        Ok(Self(Inventory::clean(run_dir, only)?.iter().map(File::of).collect()))
    }

    /// How many are left behind and could not be removed.
    pub(super) fn failed(&self) -> usize {
        self.count(Done::Failed)
    }

    pub(super) fn json(&self) -> Vec<Value> {
        self.0.iter().map(File::json).collect()
    }

    /// Files in use are nobody's concern.
    pub(super) fn print(&self, run_dir: &Path) -> Result<(), Failure> {
        let mut table = new_table(&["FILE", "OUTCOME", "REASON", "BYTES", "USER", "PID"], &[3, 5]);
        for file in self.0.iter().filter(|file| file.item.state != State::InUse) {
            table.add_row([
                Cell::new(file.item.file_name()),
                cell(file.done.words(), file.done.tone()),
                Cell::new(file.reason.as_deref().unwrap_or_default()),
                Cell::new(file.item.bytes),
                Cell::new(file.item.user()),
                Cell::new(file.item.pid()),
            ]);
        }
        if !table.is_empty() {
            output::table(table)?;
            output::line("")?;
        }
        output::line(self.summary(run_dir))
    }

    fn count(&self, done: Done) -> usize {
        self.0.iter().filter(|file| file.done == done).count()
    }

    fn summary(&self, run_dir: &Path) -> String {
        let (removed, would) = (self.count(Done::Removed), self.count(Done::WouldBeRemoved));
        let (many, done) = if would > 0 { (would, "would be removed") } else { (removed, "removed") };
        let unknown = self.0.iter().filter(|file| file.item.state == State::Unknown).count();
        let run_dir = run_dir.display();
        let summary = match many {
            0 if self.failed() == 0 && unknown == 0 => format!("nothing is left behind in {run_dir}"),
            0 => format!("nothing {done} from {run_dir}"),
            1 => format!("1 file {done} from {run_dir}"),
            many => format!("{many} files {done} from {run_dir}"),
        };
        match unknown {
            0 => summary,
            1 => format!("{summary}; 1 file could not be judged (look as its user, or as root)"),
            many => format!("{summary}; {many} files could not be judged (look as their user, or as root)"),
        }
    }
}

impl File {
    fn of(cleaned: &Cleaned) -> Self {
        let item = Item::of(&cleaned.file);
        let (done, reason) = match &cleaned.outcome {
            Outcome::Removed => (Done::Removed, None),
            Outcome::Gone => (Done::Gone, None),
            Outcome::Failed(error) => (Done::Failed, Some(sentence(error))),
            _ => return Self::kept(item),
        };
        Self { item, done, reason }
    }

    fn kept(item: Item) -> Self {
        let reason = Some(item.reason.clone().unwrap_or_else(|| "it is in use".to_owned()));
        Self { item, done: Done::Kept, reason }
    }

    fn kind(&self) -> &'static str {
        match self.item.kind {
            Kind::Endpoint => "socket",
            Kind::Region { .. } => "region",
        }
    }

    fn json(&self) -> Value {
        let Item { service, kind, path, pid, user, bytes, .. } = &self.item;
        let session_id = match kind {
            Kind::Endpoint => None,
            Kind::Region { session_id } => Some(session_id),
        };
        json!({
            "service": service,
            "kind": self.kind(),
            "session_id": session_id,
            "path": path.to_string_lossy(),
            "pid": pid,
            "uid": user.as_ref().and_then(User::number),
            "user": user.as_ref().and_then(User::name),
            "bytes": bytes,
            "outcome": self.done.name(),
            "reason": self.reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(states: &[State]) -> String {
        let file = |state: &State| match state {
            State::LeftBehind => {
                File { item: Item::example("web", *state, None), done: Done::Removed, reason: None }
            }
            _ => File::kept(Item::example("web", *state, Some("Permission denied"))),
        };
        Files(states.iter().map(file).collect()).summary("/run/x".as_ref())
    }

    #[test]
    fn what_could_not_be_judged_is_no_all_clear() {
        assert_eq!(summary(&[State::InUse, State::Foreign]), "nothing is left behind in /run/x");
        assert_eq!(
            summary(&[State::InUse, State::Unknown]),
            "nothing removed from /run/x; 1 file could not be judged (look as its user, or as root)"
        );
        assert_eq!(
            summary(&[State::LeftBehind, State::Unknown, State::Unknown]),
            "1 file removed from /run/x; 2 files could not be judged (look as their user, or as root)"
        );
    }
}
