//! A builder of a list against a model: the bytes of the items pushed, whatever was announced, or an overflow.

use netipc::messages::{Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotBuilder};
use netipc::{EncodeError, MessageBuilder};
use netipc_fuzz::bolero::TypeGenerator;
use netipc_fuzz::{bolero, encoded};

#[derive(Debug, TypeGenerator)]
enum Step {
    Generation(u64),
    Expect(u16),
    Push { hash: u32, name: Vec<u8>, path: Vec<u8> },
    Extend(u8),
}

fn cgroup(hash: u32, name: &[u8], path: &[u8]) -> Cgroup {
    Cgroup { hash, options: 2, enabled: 1, name: name.into(), path: path.into() }
}

/// Adds an item here and there: both take it, or neither.
fn push(
    builder: &mut CgroupsSnapshotBuilder<'_>,
    model: &mut CgroupsSnapshot,
    full: &mut bool,
    available: usize,
    item: Cgroup,
) {
    let result = builder.cgroups().push(CgroupRef {
        hash: item.hash,
        options: item.options,
        enabled: item.enabled,
        name: &item.name,
        path: &item.path,
    });
    if !*full {
        model.cgroups.push(item);
        *full = encoded(&*model).len() > available;
    }
    assert_eq!(result.is_err(), *full);
}

fn check((available, steps): &(u16, Vec<Step>)) {
    let available = usize::from(*available % 1_024);
    let mut buffer = vec![0xAA; available];
    let mut builder = CgroupsSnapshotBuilder::new(&mut buffer);
    let mut model = CgroupsSnapshot { systemd_enabled: 0, generation: 0, cgroups: Vec::new() };
    let mut full = false;
    for step in steps {
        match step {
            Step::Generation(generation) => {
                builder.generation(*generation);
                model.generation = *generation;
            }
            Step::Expect(count) => {
                builder.cgroups().expect(usize::from(*count));
            }
            Step::Push { hash, name, path } => {
                push(&mut builder, &mut model, &mut full, available, cgroup(*hash, name, path));
            }
            Step::Extend(count) => {
                for hash in 0..u32::from(count % 16) {
                    push(&mut builder, &mut model, &mut full, available, cgroup(hash, b"n", b"/p"));
                }
            }
        }
    }
    assert_eq!(builder.cgroups().len(), model.cgroups.len() - usize::from(full));
    let expected = encoded(&model);
    match builder.finish() {
        Ok(len) => {
            assert_eq!(buffer[..len], expected);
        }
        Err(EncodeError::Overflow { needed, available: said }) => {
            assert!(expected.len() > available, "{} bytes fit in {available}", expected.len());
            assert!(said == available && needed > available, "{needed} needed of {said}");
        }
        Err(other) => panic!("{other}"),
    }
}

netipc_fuzz::target_of_values!(build_items, check);
