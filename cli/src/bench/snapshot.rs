//! The snapshot that is served, called for and read.

use netipc::messages::{CgroupRef, CgroupsSnapshotBuilder, CgroupsSnapshotView};
use netipc::{EncodeError, MessageBuilder};

/// Cgroups in it.
const CGROUPS: u32 = 16;

/// As scattered as hashes are.
fn hash(index: u32) -> u32 {
    (index + 1).wrapping_mul(0x9e37_79b9)
}

/// Fills a response.
pub(super) fn fill(response: &mut CgroupsSnapshotBuilder<'_>) -> Result<(), EncodeError> {
    response.generation(7);
    let cgroups = response.cgroups();
    cgroups.expect(CGROUPS as usize);
    for index in 0..CGROUPS {
        cgroups.push(CgroupRef {
            hash: hash(index),
            options: 0,
            enabled: 1,
            name: b"docker-0123456789abcdef",
            path: b"/sys/fs/cgroup/system.slice/docker-0123456789abcdef.scope",
        })?;
    }
    Ok(())
}

/// Bytes of the response's payload.
pub(super) fn len() -> Result<usize, EncodeError> {
    let mut bytes = vec![0; 64 << 10];
    let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
    fill(&mut builder)?;
    builder.finish()
}

/// Looks at every field, so that none of it is left out: whether it is what was served.
pub(super) fn is_whole(snapshot: CgroupsSnapshotView<'_>) -> bool {
    let mut hashes = (0..CGROUPS).map(hash);
    let all = snapshot.cgroups().iter().all(|cgroup| {
        hashes.next() == Some(cgroup.hash())
            && cgroup.options() == 0
            && cgroup.enabled() == 1
            && cgroup.name().starts_with(b"docker-")
            && cgroup.path().starts_with(b"/sys/")
    });
    all && hashes.next().is_none() && snapshot.generation() == 7
}

#[cfg(test)]
mod tests {
    use netipc::WireMessage;
    use netipc::messages::CgroupsSnapshot;

    use super::*;

    #[test]
    fn what_is_filled_in_is_whole() {
        let mut bytes = vec![0; 64 << 10];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        fill(&mut builder).expect("it fits");
        let len = builder.finish().expect("it fits");
        assert_eq!(len, super::len().expect("it fits"));
        assert!(is_whole(CgroupsSnapshot::decode(&bytes[..len]).expect("it was encoded")));
    }

    #[test]
    fn another_one_is_not() {
        let mut bytes = vec![0; 64 << 10];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        builder.generation(7);
        let len = builder.finish().expect("it fits");
        assert!(!is_whole(CgroupsSnapshot::decode(&bytes[..len]).expect("it was encoded")));
    }
}
