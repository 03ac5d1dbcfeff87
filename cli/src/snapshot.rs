//! A snapshot of cgroups, shown.

use comfy_table::Table;
use netipc::messages::{CgroupView, CgroupsSnapshotView};
use serde_json::{Value, json};

use crate::output::{json_bytes, new_table, printable};

/// The first cgroups as a table.
pub(crate) fn table(snapshot: CgroupsSnapshotView<'_>, most: usize) -> Table {
    let mut table = new_table(&["HASH", "ENABLED", "OPTIONS", "NAME", "PATH"], &[0, 1, 2]);
    for cgroup in snapshot.cgroups().iter().take(most) {
        table.add_row([
            format!("{:08x}", cgroup.hash()),
            cgroup.enabled().to_string(),
            cgroup.options().to_string(),
            printable(cgroup.name()),
            printable(cgroup.path()),
        ]);
    }
    table
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
    json!({
        "systemd_enabled": snapshot.systemd_enabled(),
        "generation": snapshot.generation(),
        "items": snapshot.cgroups().iter().take(most).map(item).collect::<Vec<_>>(),
    })
}

fn item(cgroup: CgroupView<'_>) -> Value {
    json!({
        "hash": cgroup.hash(),
        "options": cgroup.options(),
        "enabled": cgroup.enabled(),
        "name": json_bytes(cgroup.name()),
        "path": json_bytes(cgroup.path()),
    })
}

#[cfg(test)]
mod tests {
    use netipc::messages::CgroupsSnapshot;
    use netipc::{Encode, WireMessage};

    use super::*;

    /// The contract's vectors, whose field names the JSON has.
    const VECTORS: &str = include_str!("../../tests/vectors/cgroups_snapshot_resp.json");

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
            .collect()
    }

    #[test]
    fn the_json_of_every_vector_is_its_fields() {
        let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
        let vectors = vectors["vectors"].as_array().expect("a list");
        assert!(!vectors.is_empty());
        for vector in vectors {
            let bytes = bytes(vector["hex"].as_str().expect("text"));
            let snapshot = CgroupsSnapshot::decode(&bytes).expect("a vector decodes");
            assert_eq!(json(snapshot, usize::MAX), vector["fields"], "{}", vector["name"]);
        }
    }

    #[test]
    fn a_table_shows_what_it_was_asked_for_and_nothing_that_a_terminal_obeys() {
        let name = |name: &str| netipc::messages::Cgroup {
            hash: 0xab,
            options: 3,
            enabled: 1,
            name: name.into(),
            path: "/p".into(),
        };
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
        assert_eq!(summary(snapshot), "2 cgroups, managed by systemd, generation 7");
    }
}
