//! What is different between two snapshots.

use std::collections::{HashMap, VecDeque};

use netipc::codec::Items;
use netipc::messages::{Cgroup, CgroupView};

/// A difference.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'a> {
    Added(CgroupView<'a>),
    Changed { before: CgroupView<'a>, after: CgroupView<'a> },
    Removed(CgroupView<'a>),
}

/// What has to happen to `before` for it to be `after`: first what came or changed, in the order of `after`, then what
/// went, in the order that it had.
///
/// An item is another one's successor if both have the same hash and name; of several, the one with the same path, or
/// else the first that is left.
pub(super) fn between<'a>(before: Items<'a, Cgroup>, after: Items<'a, Cgroup>) -> Vec<Change<'a>> {
    let mut left = Left::new(before);
    // Those with the same path first, so that none of them is taken for another one's predecessor.
    let same: Vec<_> = after.iter().map(|item| left.take_same(item)).collect();
    let mut changes = Vec::new();
    for (item, same) in after.iter().zip(same) {
        match same.or_else(|| left.take_any(item)) {
            None => changes.push(Change::Added(item)),
            Some(before) if is_equal(before, item) => {}
            Some(before) => changes.push(Change::Changed { before, after: item }),
        }
    }
    changes.extend(left.rest().map(Change::Removed));
    changes
}

fn is_equal(one: CgroupView<'_>, other: CgroupView<'_>) -> bool {
    (one.options(), one.enabled(), one.path()) == (other.options(), other.enabled(), other.path())
}

/// Where the items that are alike stand.
type Places<Key> = HashMap<Key, VecDeque<usize>>;

/// Items that have no successor yet. Everything takes time in proportion to their number, however many are alike.
struct Left<'a> {
    items: Vec<Option<CgroupView<'a>>>,
    by_key: Places<(u32, &'a [u8])>,
    by_path: Places<(u32, &'a [u8], &'a [u8])>,
}

impl<'a> Left<'a> {
    fn new(items: Items<'a, Cgroup>) -> Self {
        let mut left =
            Self { items: items.iter().map(Some).collect(), by_key: HashMap::new(), by_path: HashMap::new() };
        for (index, item) in items.iter().enumerate() {
            let (hash, name): (u32, &[u8]) = (item.hash(), item.name());
            left.by_key.entry((hash, name)).or_default().push_back(index);
            left.by_path.entry((hash, name, item.path())).or_default().push_back(index);
        }
        left
    }

    fn take_same(&mut self, item: CgroupView<'a>) -> Option<CgroupView<'a>> {
        let index = self.by_path.get_mut(&(item.hash(), item.name(), item.path()))?.pop_front()?;
        self.items.get_mut(index)?.take()
    }

    fn take_any(&mut self, item: CgroupView<'a>) -> Option<CgroupView<'a>> {
        let alike = self.by_key.get_mut(&(item.hash(), item.name()))?;
        loop {
            let index = alike.pop_front()?;
            if let Some(found) = self.items.get_mut(index).and_then(Option::take) {
                return Some(found);
            }
        }
    }

    fn rest(self) -> impl Iterator<Item = CgroupView<'a>> {
        self.items.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use netipc::messages::CgroupsSnapshot;
    use netipc::{Encode, WireMessage};

    use super::*;

    fn cgroup(name: &str, path: &str, enabled: u32) -> Cgroup {
        Cgroup { hash: 1, options: 0, enabled, name: name.into(), path: path.into() }
    }

    fn bytes(cgroups: &[Cgroup]) -> Vec<u8> {
        let snapshot = CgroupsSnapshot { systemd_enabled: 0, generation: 0, cgroups: cgroups.to_vec() };
        let mut bytes = vec![0; snapshot.encoded_len()];
        snapshot.encode(&mut bytes).expect("as long as it is");
        bytes
    }

    /// A letter for each change, and its path.
    fn changes(before: &[Cgroup], after: &[Cgroup]) -> Vec<String> {
        let (before, after) = (bytes(before), bytes(after));
        let items = |bytes| CgroupsSnapshot::decode(bytes).expect("as it was encoded").cgroups();
        let text = |change| match change {
            Change::Added(item) => format!("+{}", item.path()),
            Change::Changed { before, after } => format!("~{}>{}", before.path(), after.path()),
            Change::Removed(item) => format!("-{}", item.path()),
        };
        between(items(&before), items(&after)).into_iter().map(text).collect()
    }

    #[test]
    fn what_came_changed_and_went_is_told() {
        let before = [cgroup("a", "/a", 1), cgroup("b", "/b", 1), cgroup("c", "/c", 1)];
        let after = [cgroup("d", "/d", 1), cgroup("c", "/c", 0), cgroup("a", "/a", 1)];
        assert_eq!(changes(&before, &after), ["+/d", "~/c>/c", "-/b"]);
        assert_eq!(changes(&after, &before), ["+/b", "~/c>/c", "-/d"]);
    }

    #[test]
    fn what_is_the_same_in_another_order_is_no_change() {
        let (a, b) = (cgroup("a", "/a", 1), cgroup("b", "/b", 1));
        assert!(changes(&[a.clone(), b.clone()], &[b, a]).is_empty());
        assert!(changes(&[], &[]).is_empty());
    }

    #[test]
    fn an_item_with_another_path_is_the_same_item() {
        assert_eq!(changes(&[cgroup("a", "/old", 1)], &[cgroup("a", "/new", 1)]), ["~/old>/new"]);
    }

    #[test]
    fn of_items_with_equal_keys_those_with_equal_paths_belong_together() {
        let before = [cgroup("a", "/1", 1), cgroup("a", "/2", 1), cgroup("a", "/3", 1)];
        assert_eq!(changes(&before, &[cgroup("a", "/2", 1)]), ["-/1", "-/3"]);
        assert_eq!(
            changes(&before, &[cgroup("a", "/4", 1), cgroup("a", "/3", 0)]),
            ["~/1>/4", "~/3>/3", "-/2"]
        );
        assert_eq!(changes(&[cgroup("a", "/1", 1)], &before), ["+/2", "+/3"]);
        assert_eq!(changes(&[cgroup("a", "/1", 1), cgroup("a", "/1", 1)], &[cgroup("a", "/1", 1)]), ["-/1"]);
    }

    proptest::proptest! {
        #[test]
        fn as_many_items_come_and_go_as_there_are_more_and_fewer(
            before in proptest::collection::vec((0..4u32, 0..4u32, 0..2u32), 0..12),
            after in proptest::collection::vec((0..4u32, 0..4u32, 0..2u32), 0..12),
        ) {
            let cgroups = |items: &[(u32, u32, u32)]| -> Vec<_> {
                items.iter().map(|(name, path, enabled)| cgroup(&name.to_string(), &path.to_string(), *enabled)).collect()
            };
            let (before, after) = (cgroups(&before), cgroups(&after));
            let changes = changes(&before, &after);
            let count = |sign| changes.iter().filter(|change| change.starts_with(sign)).count();
            proptest::prop_assert_eq!(before.len() + count('+'), after.len() + count('-'));
            let (mut sorted, mut wanted) = (before.clone(), after.clone());
            sorted.sort_by_key(|item| (item.name.to_vec(), item.path.to_vec(), item.enabled));
            wanted.sort_by_key(|item| (item.name.to_vec(), item.path.to_vec(), item.enabled));
            proptest::prop_assert_eq!(changes.is_empty(), sorted == wanted);
        }
    }
}
