//! How many vectors there are of each kind.

use std::collections::BTreeSet;

use crate::file;

/// The vectors of one kind.
pub(crate) struct Count {
    pub(crate) kind: &'static str,
    /// In its own file.
    pub(crate) golden: usize,
    /// In `odd.json`.
    pub(crate) odd: usize,
}

/// What the tests beside this file run, all of it.
pub(crate) const COVERED: [Count; 16] = [
    Count { kind: "increment", golden: 2, odd: 2 },
    Count { kind: "string_reverse", golden: 8, odd: 8 },
    Count { kind: "cgroups_snapshot_req", golden: 1, odd: 2 },
    Count { kind: "cgroups_snapshot_resp", golden: 11, odd: 32 },
    Count { kind: "outer_header", golden: 8, odd: 11 },
    Count { kind: "chunk_header", golden: 3, odd: 8 },
    Count { kind: "hello", golden: 4, odd: 8 },
    Count { kind: "hello_ack", golden: 1, odd: 5 },
    Count { kind: "batch_directory", golden: 3, odd: 0 },
    Count { kind: "batch_payload", golden: 8, odd: 10 },
    Count { kind: "cgroups_lookup_req", golden: 5, odd: 17 },
    Count { kind: "cgroups_lookup_resp", golden: 15, odd: 27 },
    Count { kind: "apps_lookup_req", golden: 2, odd: 11 },
    Count { kind: "apps_lookup_resp", golden: 16, odd: 20 },
    Count { kind: "lookup_overflow", golden: 40, odd: 0 },
    Count { kind: "shm_region_header", golden: 2, odd: 12 },
];

#[test]
fn every_file_and_every_vector_is_accounted_for() {
    let mut kinds = BTreeSet::new();
    let mut odd = 0;
    for count in &COVERED {
        assert!(kinds.insert(count.kind), "{} stands twice", count.kind);
        assert_eq!(file::read(count.kind).len(), count.golden, "vectors in {}.json", count.kind);
        let found = file::read("odd").iter().filter(|vector| vector.kind() == count.kind).count();
        assert_eq!(found, count.odd, "odd vectors of kind {}", count.kind);
        odd += count.odd;
    }
    assert_eq!(file::read("odd").len(), odd, "odd vectors of a kind that nothing knows");
    kinds.insert("odd");
    assert_eq!(file::names(), kinds.into_iter().map(str::to_owned).collect());
}
