//! Arbitrary values of every message: encoded, decoded, compared.

use netipc::WireMessage;
use netipc::messages::{
    Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotRef, Increment, StringReverse, StringReverseRef,
};
use netipc_fuzz::bolero::TypeGenerator;
use netipc_fuzz::{bolero, encoded};

#[derive(Debug, TypeGenerator)]
struct Item {
    numbers: [u32; 3],
    name: Vec<u8>,
    path: Vec<u8>,
}

#[derive(Debug, TypeGenerator)]
enum Value {
    Increment(u64),
    StringReverse(Vec<u8>),
    CgroupsSnapshot { systemd_enabled: u32, generation: u64, items: Vec<Item> },
}

fn check(value: &Value) {
    match value {
        Value::Increment(value) => {
            let sent = Increment { value: *value };
            let bytes = encoded(&sent);
            assert_eq!(bytes, value.to_ne_bytes());
            assert_eq!(Increment::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
        }
        Value::StringReverse(text) => {
            let sent = StringReverse { text: text.clone().into() };
            let bytes = encoded(&sent);
            assert_eq!(encoded(&StringReverseRef { text }), bytes);
            assert_eq!(StringReverse::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
        }
        Value::CgroupsSnapshot { systemd_enabled, generation, items } => {
            snapshot(*systemd_enabled, *generation, items);
        }
    }
}

fn snapshot(systemd_enabled: u32, generation: u64, items: &[Item]) {
    let owned = items.iter().map(|Item { numbers: [hash, options, enabled], name, path }| Cgroup {
        hash: *hash,
        options: *options,
        enabled: *enabled,
        name: name.clone().into(),
        path: path.clone().into(),
    });
    let sent = CgroupsSnapshot { systemd_enabled, generation, cgroups: owned.collect() };
    let bytes = encoded(&sent);
    let borrowed = items.iter().map(|Item { numbers: [hash, options, enabled], name, path }| CgroupRef {
        hash: *hash,
        options: *options,
        enabled: *enabled,
        name,
        path,
    });
    let cgroups: Vec<_> = borrowed.collect();
    assert_eq!(encoded(&CgroupsSnapshotRef { systemd_enabled, generation, cgroups: &cgroups }), bytes);
    assert_eq!(CgroupsSnapshot::decode(&bytes).map(|view| view.to_owned()), Ok(sent));
}

netipc_fuzz::target_of_values!(round_trip, check);
