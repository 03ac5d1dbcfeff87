//! Payloads of messages: `docs/contract/messages.md`.

use netipc::codec::FieldKind;
use netipc::messages::{
    Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotBuilder, CgroupsSnapshotRef, CgroupsSnapshotRequest,
    CgroupsSnapshotRequestBuilder, CgroupsSnapshotRequestRef, CgroupsSnapshotRequestView,
    CgroupsSnapshotView, Increment, IncrementBuilder, IncrementRef, IncrementView, StringReverse,
    StringReverseBuilder, StringReverseRef, StringReverseView,
};
use netipc::{Encode, MessageBuilder, WireMessage};
use serde_json::{Value, json};

use crate::file::{golden, number, odd, shown, string};

pub(crate) fn encoded(value: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![0xAA; value.encoded_len()];
    assert_eq!(value.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

/// What a builder makes in a buffer with room to spare.
pub(crate) fn built<M: WireMessage>(fill: impl FnOnce(&mut M::Builder<'_>)) -> Vec<u8> {
    let mut buffer = vec![0xAA; 8_192];
    let mut builder = M::Builder::new(&mut buffer);
    fill(&mut builder);
    let len = builder.finish().expect("all vectors are shorter than the buffer");
    buffer.truncate(len);
    buffer
}

/// Decoding gives the owned value, and rendering all of the view gives the vector's fields.
fn decodes<'a, M: WireMessage>(bytes: &'a [u8], fields: &Value, show: impl FnOnce(&M::View<'a>) -> Value) {
    let view = M::decode(bytes).expect("golden vectors decode");
    assert_eq!(show(&view), *fields);
}

/// The value that a layout fixes for a field.
fn constant<M: WireMessage>(name: &str) -> u64 {
    let field = M::LAYOUT.fields.iter().find(|field| field.name == name);
    match field.map(|field| field.kind) {
        Some(FieldKind::Constant(value)) => value,
        other => panic!("`{name}` of {} is {other:?}", M::LAYOUT.name),
    }
}

pub(crate) fn rejected<M: WireMessage>(kind: &str) {
    odd(kind, |_, bytes| M::check(bytes).map_err(|error| error.class()));
}

#[test]
fn increment() {
    golden("increment", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let value = number(fields, "value");
        assert_eq!(encoded(&Increment { value }), bytes);
        assert_eq!(encoded(&IncrementRef { value }), bytes);
        assert_eq!(
            built::<Increment>(|builder: &mut IncrementBuilder<'_>| {
                builder.value(value);
            }),
            bytes
        );
        assert_eq!(Increment::decode(&bytes).map(|view| view.to_owned()), Ok(Increment { value }));
        decodes::<Increment>(&bytes, fields, |view: &IncrementView<'_>| json!({ "value": view.value() }));
    });
}

#[test]
fn odd_increments() {
    rejected::<Increment>("increment");
}

#[test]
fn string_reverse() {
    golden("string_reverse", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let text = string(fields, "str");
        let owned = StringReverse { text: text.clone().into() };
        assert_eq!(encoded(&owned), bytes);
        assert_eq!(encoded(&StringReverseRef { text: &text }), bytes);
        assert_eq!(
            built::<StringReverse>(|builder: &mut StringReverseBuilder<'_>| {
                builder.text_with(text.len(), |place| place.copy_from_slice(&text));
            }),
            bytes
        );
        assert_eq!(StringReverse::decode(&bytes).map(|view| view.to_owned()), Ok(owned));
        decodes::<StringReverse>(
            &bytes,
            fields,
            |view: &StringReverseView<'_>| json!({ "str": shown(view.text()) }),
        );
    });
}

#[test]
fn odd_string_reverses() {
    rejected::<StringReverse>("string_reverse");
}

#[test]
fn cgroups_snapshot_request() {
    golden("cgroups_snapshot_req", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        assert_eq!(encoded(&CgroupsSnapshotRequest {}), bytes);
        assert_eq!(encoded(&CgroupsSnapshotRequestRef {}), bytes);
        assert_eq!(built::<CgroupsSnapshotRequest>(|_: &mut CgroupsSnapshotRequestBuilder<'_>| {}), bytes);
        decodes::<CgroupsSnapshotRequest>(&bytes, fields, |_: &CgroupsSnapshotRequestView<'_>| {
            json!({
                "layout_version": constant::<CgroupsSnapshotRequest>("layout_version"),
                "flags": constant::<CgroupsSnapshotRequest>("flags"),
            })
        });
    });
}

#[test]
fn odd_cgroups_snapshot_requests() {
    rejected::<CgroupsSnapshotRequest>("cgroups_snapshot_req");
}

fn cgroup(fields: &Value) -> Cgroup {
    Cgroup {
        hash: number(fields, "hash"),
        options: number(fields, "options"),
        enabled: number(fields, "enabled"),
        name: string(fields, "name").into(),
        path: string(fields, "path").into(),
    }
}

fn borrowed(cgroup: &Cgroup) -> CgroupRef<'_> {
    CgroupRef {
        hash: cgroup.hash,
        options: cgroup.options,
        enabled: cgroup.enabled,
        name: &cgroup.name,
        path: &cgroup.path,
    }
}

fn snapshot(fields: &Value) -> CgroupsSnapshot {
    CgroupsSnapshot {
        systemd_enabled: number(fields, "systemd_enabled"),
        generation: number(fields, "generation"),
        cgroups: fields["items"].as_array().expect("`items` is a list").iter().map(cgroup).collect(),
    }
}

fn shown_snapshot(view: &CgroupsSnapshotView<'_>) -> Value {
    let items = view.cgroups().iter().map(|cgroup| {
        json!({
            "hash": cgroup.hash(),
            "options": cgroup.options(),
            "enabled": cgroup.enabled(),
            "name": shown(cgroup.name()),
            "path": shown(cgroup.path()),
        })
    });
    json!({
        "systemd_enabled": view.systemd_enabled(),
        "generation": view.generation(),
        "items": items.collect::<Vec<_>>(),
    })
}

#[test]
fn cgroups_snapshot() {
    golden("cgroups_snapshot_resp", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let owned = snapshot(fields);
        let cgroups: Vec<_> = owned.cgroups.iter().map(borrowed).collect();
        assert_eq!(encoded(&owned), bytes);
        let (systemd_enabled, generation) = (owned.systemd_enabled, owned.generation);
        assert_eq!(encoded(&CgroupsSnapshotRef { systemd_enabled, generation, cgroups: &cgroups }), bytes);
        for announced in [0, 1, cgroups.len(), 16] {
            let in_place = built::<CgroupsSnapshot>(|builder: &mut CgroupsSnapshotBuilder<'_>| {
                builder.cgroups().expect(announced);
                for cgroup in &cgroups {
                    builder.cgroups().push(cgroup).expect("all vectors are shorter than the buffer");
                }
                builder.systemd_enabled(systemd_enabled).generation(generation);
            });
            assert_eq!(in_place, bytes, "with {announced} items announced");
        }
        assert_eq!(CgroupsSnapshot::decode(&bytes).map(|view| view.to_owned()), Ok(owned));
        decodes::<CgroupsSnapshot>(&bytes, fields, shown_snapshot);
    });
}

#[test]
fn odd_cgroups_snapshots() {
    rejected::<CgroupsSnapshot>("cgroups_snapshot_resp");
}
