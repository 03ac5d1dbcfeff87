//! A snapshot of cgroups, shown.

use comfy_table::Table;
use netipc::messages::{Cgroup, CgroupsSnapshotView};
use serde_json::Value;

use crate::json;
use crate::output::{new_table, printable};

/// The headings of [`cells`].
pub(crate) const HEADINGS: [&str; 5] = ["HASH", "ENABLED", "OPTIONS", "NAME", "PATH"];

/// Those of them that have numbers.
const NUMBERS: [usize; 3] = [0, 1, 2];

/// The first cgroups as a table.
pub(crate) fn table(snapshot: CgroupsSnapshotView<'_>, most: usize) -> Table {
    let mut table = new_table(&HEADINGS, &NUMBERS);
    for cgroup in snapshot.cgroups().iter().take(most) {
        table.add_row(cells(&cgroup.to_owned()));
    }
    table
}

/// The cells of a cgroup's row.
pub(crate) fn cells(cgroup: &Cgroup) -> [String; 5] {
    [
        format!("{:08x}", cgroup.hash),
        cgroup.enabled.to_string(),
        cgroup.options.to_string(),
        printable(&cgroup.name),
        printable(&cgroup.path),
    ]
}

/// All of it but the cgroups, in a line.
pub(crate) fn summary(snapshot: CgroupsSnapshotView<'_>) -> String {
    let count = snapshot.cgroups().len();
    format!(
        "{count} cgroup{}, {} by systemd, generation {}",
        if count == 1 { "" } else { "s" },
        if snapshot.systemd_enabled() == 0 { "not managed" } else { "managed" },
        snapshot.generation(),
    )
}

/// The snapshot as JSON, with no more than the first cgroups.
pub(crate) fn json(snapshot: CgroupsSnapshotView<'_>, most: usize) -> Value {
    let mut snapshot = snapshot.to_owned();
    snapshot.cgroups.truncate(most);
    json::shown(&snapshot)
}

#[cfg(test)]
mod tests {
    use netipc::messages::CgroupsSnapshot;
    use netipc::{Encode, WireMessage};

    use super::*;

    #[test]
    fn a_table_shows_what_it_was_asked_for_and_nothing_that_a_terminal_obeys() {
        let name =
            |name: &str| Cgroup { hash: 0xab, options: 3, enabled: 1, name: name.into(), path: "/p".into() };
        let sent = CgroupsSnapshot {
            systemd_enabled: 1,
            generation: 7,
            cgroups: vec![name("one\x1b[2J"), name("two")],
        };
        let mut bytes = vec![0; sent.encoded_len()];
        sent.encode(&mut bytes).expect("as long as it is");
        let snapshot = CgroupsSnapshot::decode(&bytes).expect("as it was sent");

        let shown = table(snapshot, 1).to_string();

        assert!(shown.contains("000000ab        1        3  one\\u{1b}[2J  /p"), "{shown}");
        assert!(!shown.contains("two"), "{shown}");
        assert_eq!(json(snapshot, 1)["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(summary(snapshot), "2 cgroups, managed by systemd, generation 7");
    }
}
