//! A table on a terminal, drawn again in place, in which what changed stands out for a while.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use comfy_table::Row;
use netipc::Endpoint;
use netipc::messages::{Cgroup, CgroupView, CgroupsSnapshotView};

use super::Show;
use super::changes::Change;
use crate::colour::{are_wanted, painted};
use crate::error::Failure;
use crate::output::{fit, new_table, printable};
use crate::snapshot;
use crate::terminal::{Picture, Size};

/// How long a change stands out; or until the next look, if that is later.
const MARKED: Duration = Duration::from_secs(5);

/// Changes that stand out at one time.
const MOST_MARKED: usize = 10_000;

/// Lines around the rows of the table: the title, the summary, how stale it is, the headings, how many rows do not fit,
/// the cursor's.
const FRAME: u16 = 6;

/// What a row stands out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Added,
    Changed,
    Removed,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Changed => "~",
            Self::Removed => "-",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Added => AnsiColor::Green.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
        }
    }
}

/// A change that stands out.
struct Marked {
    since: Instant,
    mark: Mark,
    cgroup: Cgroup,
}

/// Draws tables.
pub(super) struct Screen {
    /// Which service it is, where, and how often it is looked at.
    title: String,
    marked_for: Duration,
    /// The oldest first.
    marked: Vec<Marked>,
    picture: Picture,
}

impl Show for Screen {
    fn first(&mut self, snapshot: CgroupsSnapshotView<'_>) -> Result<(), Failure> {
        self.draw(snapshot, None)
    }

    fn next(
        &mut self,
        snapshot: CgroupsSnapshotView<'_>,
        changes: &[Change<'_>],
        _: Option<Duration>,
    ) -> Result<(), Failure> {
        self.mark(changes, Instant::now());
        self.draw(snapshot, None)
    }

    fn stale(
        &mut self,
        snapshot: CgroupsSnapshotView<'_>,
        why: &Failure,
        age: Duration,
    ) -> Result<(), Failure> {
        let state = format!("stale for {age:.1?}: {why}");
        self.draw(snapshot, Some(&printable(state.as_bytes())))
    }
}

impl Screen {
    pub(super) fn new(service: &str, endpoint: &Endpoint, interval: Duration) -> Self {
        let title = format!("{service} at {endpoint}, every {interval:?}");
        // Whatever the directory is called.
        let title = printable(title.as_bytes());
        Self { title, marked_for: MARKED.max(interval), marked: Vec::new(), picture: Picture::new() }
    }

    fn mark(&mut self, changes: &[Change<'_>], now: Instant) {
        self.marked.retain(|marked| now.duration_since(marked.since) < self.marked_for);
        self.marked.extend(changes.iter().map(|change| {
            let (mark, view) = match change {
                Change::Added(view) => (Mark::Added, view),
                Change::Changed { after, .. } => (Mark::Changed, after),
                Change::Removed(view) => (Mark::Removed, view),
            };
            Marked { since: now, mark, cgroup: view.to_owned() }
        }));
        // No terminal shows as many.
        self.marked.drain(..self.marked.len().saturating_sub(MOST_MARKED));
    }

    fn draw(&mut self, snapshot: CgroupsSnapshotView<'_>, stale: Option<&str>) -> Result<(), Failure> {
        let size = Size::now();
        let lines = self.lines(snapshot, stale, size, are_wanted());
        self.picture.draw(size, &lines)
    }

    /// The picture.
    fn lines(
        &self,
        snapshot: CgroupsSnapshotView<'_>,
        stale: Option<&str>,
        size: Size,
        colours: bool,
    ) -> Vec<String> {
        let mut lines = vec![
            self.title.clone(),
            snapshot::summary(snapshot),
            stale.map(|why| painted(why, Mark::Removed.style(), colours)).unwrap_or_default(),
        ];
        let mut rows = self.rows(snapshot);
        let room = usize::from(size.rows.saturating_sub(FRAME));
        let more = rows.len().saturating_sub(room);
        if more > 0 {
            // What changed is what this is for.
            rows.sort_by_key(|(mark, _)| mark.is_none());
            rows.truncate(room);
        }
        let [hash, enabled, options, name, path] = snapshot::HEADINGS;
        let mut table = new_table(&["", hash, enabled, options, name, path], &[1, 2, 3]);
        table.set_header(row("", snapshot::HEADINGS.map(str::to_owned)));
        let marks: Vec<_> = std::iter::once(None).chain(rows.iter().map(|(mark, _)| *mark)).collect();
        for (mark, item) in rows {
            table.add_row(row(mark.map_or("", Mark::sign), item.cells()));
        }
        fit(&mut table, size.columns);
        lines.extend(table.lines().zip(marks).map(|(line, mark)| match mark {
            Some(mark) => painted(line.trim_end(), mark.style(), colours),
            None => line.trim_end().to_owned(),
        }));
        if more > 0 {
            lines.push(format!(" and {more} more"));
        }
        lines
    }

    /// Each item, in its order, and behind them what is gone.
    fn rows<'a>(&'a self, snapshot: CgroupsSnapshotView<'a>) -> Vec<(Option<Mark>, Item<'a>)> {
        // Of several changes of an item the last one counts.
        let marked = self.marked.iter().enumerate();
        let mut marks: HashMap<_, _> =
            marked.map(|(at, marked)| (identity(&marked.cgroup), (at, marked))).collect();
        let mut rows = Vec::new();
        for item in snapshot.cgroups() {
            let found = marks.remove(&(item.hash(), item.name(), item.path()));
            let mark = found.map(|(_, marked)| marked.mark).filter(|mark| *mark != Mark::Removed);
            rows.push((mark, Item::There(item)));
        }
        // What is left of the marks is not there any more.
        let mut gone: Vec<_> =
            marks.into_values().filter(|(_, marked)| marked.mark == Mark::Removed).collect();
        gone.sort_unstable_by_key(|(at, _)| *at);
        rows.extend(gone.into_iter().map(|(_, marked)| (Some(marked.mark), Item::Gone(&marked.cgroup))));
        rows
    }
}

/// What a row is made of, once it is known that there is room for it.
enum Item<'a> {
    There(CgroupView<'a>),
    Gone(&'a Cgroup),
}

impl Item<'_> {
    fn cells(&self) -> [String; 5] {
        match self {
            Self::There(view) => snapshot::cells(&view.to_owned()),
            Self::Gone(cgroup) => snapshot::cells(cgroup),
        }
    }
}

/// A row that is a line, however long its cells are.
fn row(sign: &str, cells: [String; 5]) -> Row {
    let mut row = Row::from(std::iter::once(sign.to_owned()).chain(cells));
    row.max_height(1);
    row
}

fn identity(cgroup: &Cgroup) -> (u32, &[u8], &[u8]) {
    (cgroup.hash, &cgroup.name, &cgroup.path)
}
