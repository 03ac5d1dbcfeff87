//! `netipc clean`

use std::path::Path;

use comfy_table::Cell;
use netipc::transport::{Cleaned, Inventory, Outcome, RunFileKind};
use serde_json::{Value, json};

use super::connection::run_dir;
use super::directory;
use crate::args::Clean;
use crate::colour::{Tone, cell};
use crate::error::{Failure, sentence};
use crate::output::{self, new_table};
use crate::survey::{Item, State, look};

/// Removes what is left behind, or says what that is.
pub(crate) fn run(args: &Clean) -> Result<(), Failure> {
    let run_dir = run_dir(&args.directory);
    let only = args.service.as_deref();
    if let Some(service) = only {
        directory::endpoint(run_dir.path(), service)?;
    }
    run_dir.verify()?;
    let files = if args.dry_run { would_clean(run_dir.path(), only) } else { clean(run_dir.path(), only) };
    let files = files.map_err(|error| directory::unreadable(run_dir.path(), &error))?;
    if args.json {
        output::json(&json!({
            "run_dir": run_dir.path().to_string_lossy(),
            "dry_run": args.dry_run,
            "files": files.iter().map(File::json).collect::<Vec<_>>(),
        }))?;
    } else {
        print(&files, run_dir.path())?;
    }
    match files.iter().filter(|file| file.done == Done::Failed).count() {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 file that is left behind could not be removed".to_owned())),
        failed => Err(Failure::Failed(format!("{failed} files that are left behind could not be removed"))),
    }
}

/// A file, what was done to it, and why.
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

fn would_clean(run_dir: &Path, only: Option<&str>) -> std::io::Result<Vec<File>> {
    let file = |item: Item| match item.state {
        State::LeftBehind => File { item, done: Done::WouldBeRemoved, reason: None },
        _ => File::kept(item),
    };
    Ok(look(run_dir, only)?.into_iter().map(file).collect())
}

fn clean(run_dir: &Path, only: Option<&str>) -> std::io::Result<Vec<File>> {
    Ok(Inventory::clean(run_dir, only)?.iter().map(File::of).collect())
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
            RunFileKind::Socket => "socket",
            RunFileKind::Region { .. } => "region",
        }
    }

    fn json(&self) -> Value {
        let Item { service, kind, path, pid, uid, bytes, .. } = &self.item;
        let session_id = match kind {
            RunFileKind::Socket => None,
            RunFileKind::Region { session_id } => Some(session_id),
        };
        json!({
            "service": service,
            "kind": self.kind(),
            "session_id": session_id,
            "path": path.to_string_lossy(),
            "pid": pid,
            "uid": uid,
            "user": self.item.user_name(),
            "bytes": bytes,
            "outcome": self.done.name(),
            "reason": self.reason,
        })
    }
}

/// Files in use are nobody's concern.
fn print(files: &[File], run_dir: &Path) -> Result<(), Failure> {
    let mut table = new_table(&["FILE", "OUTCOME", "REASON", "BYTES", "USER", "PID"], &[3, 5]);
    for file in files.iter().filter(|file| file.item.state != State::InUse) {
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
        output::table(&table)?;
        output::line("")?;
    }
    output::line(summary(files, run_dir))
}

fn summary(files: &[File], run_dir: &Path) -> String {
    let count = |done| files.iter().filter(|file| file.done == done).count();
    let (removed, would) = (count(Done::Removed), count(Done::WouldBeRemoved));
    let (many, done) = if would > 0 { (would, "would be removed") } else { (removed, "removed") };
    let run_dir = run_dir.display();
    match many {
        0 if count(Done::Failed) == 0 => format!("nothing is left behind in {run_dir}"),
        0 => format!("nothing was removed from {run_dir}"),
        1 => format!("1 file {done} from {run_dir}"),
        many => format!("{many} files {done} from {run_dir}"),
    }
}
