//! Payloads of lookups: `docs/contract/messages.md`, "CGROUPS_LOOKUP", "APPS_LOOKUP" and "Labels".

use netipc::codec::{EncodeRow, Rows, WireEnum, WireMessage};
use netipc::messages::{
    AppLookupItem, AppLookupItemRef, AppLookupItemView, AppsLookup, AppsLookupRef, AppsLookupRequest,
    CgroupLookupItem, CgroupLookupItemRef, CgroupLookupItemView, CgroupPath, CgroupPathRef, CgroupStatus,
    CgroupsLookup, CgroupsLookupRef, CgroupsLookupRequest, Label, LabelRef, Orchestrator, PathStatus, Pid,
    ProcessStatus,
};
use netipc::{EncodeError, MessageBuilder};
use serde_json::{Value, json};

use crate::file::{bytes, golden, number, shown, string};
use crate::messages::{built, encoded, rejected};

fn items(fields: &Value) -> &Vec<Value> {
    fields["items"].as_array().expect("`items` is a list")
}

/// The variant that stands in a field of a vector.
fn variant<E: WireEnum<Repr = u16>>(fields: &Value, name: &str) -> E {
    E::from_wire(number(fields, name)).expect("golden vectors have listed values")
}

fn labels(fields: &Value) -> Vec<Label> {
    let label =
        |label: &Value| Label { key: string(label, "key").into(), value: string(label, "value").into() };
    fields["labels"].as_array().expect("`labels` is a list").iter().map(label).collect()
}

fn borrowed_labels(labels: &[Label]) -> Vec<LabelRef<'_>> {
    labels.iter().map(|label| LabelRef { key: label.string(0), value: label.string(1) }).collect()
}

fn shown_labels(labels: Rows<'_, Label>) -> Vec<Value> {
    labels.iter().map(|label| json!({ "key": shown(label.key()), "value": shown(label.value()) })).collect()
}

#[test]
fn cgroups_lookup_request() {
    golden("cgroups_lookup_req", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let texts: Vec<Vec<u8>> = fields["paths"]
            .as_array()
            .expect("`paths` is a list")
            .iter()
            .map(|path| string(&json!({ "path": path }), "path"))
            .collect();
        let paths = texts.iter().map(|path| CgroupPath { path: path.clone().into() }).collect();
        let owned = CgroupsLookupRequest { paths };
        assert_eq!(encoded(&owned), bytes);
        assert_eq!(
            built::<CgroupsLookupRequest>(|builder| {
                for path in &texts {
                    builder.paths().push(CgroupPathRef { path }).expect("it fits");
                }
            }),
            bytes
        );
        let view = CgroupsLookupRequest::decode(&bytes).expect("golden vectors decode");
        assert_eq!(view.to_owned(), owned);
        let seen: Vec<_> = view.paths().iter().map(|path| shown(path.path())).collect();
        assert_eq!(json!({ "paths": seen }), *fields);
        assert!(view.paths().iter().all(|path| *path.path_c_str().to_bytes() == **path.path()));
    });
}

#[test]
fn odd_cgroups_lookup_requests() {
    rejected::<CgroupsLookupRequest>("cgroups_lookup_req");
}

#[test]
fn apps_lookup_request() {
    golden("apps_lookup_req", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let pids = fields["pids"].as_array().expect("`pids` is a list");
        let pid = |pid: &Value| Pid { pid: number(&json!({ "pid": pid }), "pid") };
        let owned = AppsLookupRequest { pids: pids.iter().map(pid).collect() };
        assert_eq!(encoded(&owned), bytes);
        let view = AppsLookupRequest::decode(&bytes).expect("golden vectors decode");
        assert_eq!(view.to_owned(), owned);
        assert!(view.pids().iter().map(|pid| json!(pid.pid())).eq(pids.iter().cloned()));
    });
}

#[test]
fn odd_apps_lookup_requests() {
    rejected::<AppsLookupRequest>("apps_lookup_req");
}

fn cgroup(fields: &Value) -> CgroupLookupItem {
    CgroupLookupItem {
        status: variant(fields, "status"),
        orchestrator: variant(fields, "orchestrator"),
        path: string(fields, "path").into(),
        name: string(fields, "name").into(),
        labels: labels(fields),
    }
}

fn borrowed_cgroup<'a>(item: &'a CgroupLookupItem, labels: &'a [LabelRef<'a>]) -> CgroupLookupItemRef<'a> {
    let CgroupLookupItem { status, orchestrator, path, name, .. } = item;
    CgroupLookupItemRef { status: *status, orchestrator: *orchestrator, path, name, labels }
}

fn shown_cgroup(item: &CgroupLookupItemView<'_>) -> Value {
    json!({
        "status": item.status().to_wire(),
        "orchestrator": item.orchestrator().to_wire(),
        "path": shown(item.path()),
        "name": shown(item.name()),
        "labels": shown_labels(item.labels()),
    })
}

#[test]
fn cgroups_lookup_response() {
    golden("cgroups_lookup_resp", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let owned = CgroupsLookup {
            generation: number(fields, "generation"),
            items: items(fields).iter().map(cgroup).collect(),
        };
        assert_eq!(encoded(&owned), bytes);
        let labels: Vec<_> = owned.items.iter().map(|item| borrowed_labels(&item.labels)).collect();
        let refs: Vec<_> =
            owned.items.iter().zip(&labels).map(|(item, labels)| borrowed_cgroup(item, labels)).collect();
        assert_eq!(encoded(&CgroupsLookupRef { generation: owned.generation, items: &refs }), bytes);
        assert_eq!(
            built::<CgroupsLookup>(|builder| {
                builder.generation(owned.generation);
                for item in &refs {
                    builder.items().push(*item).expect("it fits");
                }
            }),
            bytes
        );
        let view = CgroupsLookup::decode(&bytes).expect("golden vectors decode");
        assert_eq!(view.to_owned(), owned);
        let seen: Vec<_> = view.items().iter().map(|item| shown_cgroup(&item)).collect();
        assert_eq!(json!({ "generation": view.generation(), "items": seen }), *fields);
    });
}

#[test]
fn odd_cgroups_lookup_responses() {
    rejected::<CgroupsLookup>("cgroups_lookup_resp");
}

fn app(fields: &Value) -> AppLookupItem {
    AppLookupItem {
        status: variant(fields, "status"),
        orchestrator: variant(fields, "orchestrator"),
        cgroup_status: variant(fields, "cgroup_status"),
        pid: number(fields, "pid"),
        ppid: number(fields, "ppid"),
        uid: number(fields, "uid"),
        starttime: number(fields, "starttime"),
        comm: string(fields, "comm").into(),
        cgroup_path: string(fields, "cgroup_path").into(),
        cgroup_name: string(fields, "cgroup_name").into(),
        labels: labels(fields),
    }
}

fn borrowed_app<'a>(item: &'a AppLookupItem, labels: &'a [LabelRef<'a>]) -> AppLookupItemRef<'a> {
    AppLookupItemRef {
        status: item.status,
        orchestrator: item.orchestrator,
        cgroup_status: item.cgroup_status,
        pid: item.pid,
        ppid: item.ppid,
        uid: item.uid,
        starttime: item.starttime,
        comm: &item.comm,
        cgroup_path: &item.cgroup_path,
        cgroup_name: &item.cgroup_name,
        labels,
    }
}

fn shown_app(item: &AppLookupItemView<'_>) -> Value {
    json!({
        "status": item.status().to_wire(),
        "orchestrator": item.orchestrator().to_wire(),
        "cgroup_status": item.cgroup_status().to_wire(),
        "pid": item.pid(),
        "ppid": item.ppid(),
        "uid": item.uid(),
        "starttime": item.starttime(),
        "comm": shown(item.comm()),
        "cgroup_path": shown(item.cgroup_path()),
        "cgroup_name": shown(item.cgroup_name()),
        "labels": shown_labels(item.labels()),
    })
}

#[test]
fn apps_lookup_response() {
    golden("apps_lookup_resp", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let owned = AppsLookup {
            generation: number(fields, "generation"),
            items: items(fields).iter().map(app).collect(),
        };
        assert_eq!(encoded(&owned), bytes);
        let labels: Vec<_> = owned.items.iter().map(|item| borrowed_labels(&item.labels)).collect();
        let refs: Vec<_> =
            owned.items.iter().zip(&labels).map(|(item, labels)| borrowed_app(item, labels)).collect();
        assert_eq!(encoded(&AppsLookupRef { generation: owned.generation, items: &refs }), bytes);
        let view = AppsLookup::decode(&bytes).expect("golden vectors decode");
        assert_eq!(view.to_owned(), owned);
        let seen: Vec<_> = view.items().iter().map(|item| shown_app(&item)).collect();
        assert_eq!(json!({ "generation": view.generation(), "items": seen }), *fields);
    });
}

#[test]
fn odd_apps_lookup_responses() {
    rejected::<AppsLookup>("apps_lookup_resp");
}

/// What `lookup_overflow.json` says of the handler: labels of item `index`.
fn overflow_labels(index: usize) -> Vec<Label> {
    let value = "v".repeat(index);
    let label = |key: &str| Label { key: key.into(), value: value.as_str().into() };
    [label("k0"), label("key-1")].into_iter().take(index % 3).collect()
}

fn answer_cgroups(request: &[u8], buffer: &mut [u8]) -> Result<usize, EncodeError> {
    let paths = CgroupsLookupRequest::decode(request).expect("the requests are valid").paths();
    let mut response = <CgroupsLookup as WireMessage>::Builder::answering(buffer, request);
    response.generation(77);
    for (index, path) in paths.iter().enumerate() {
        let labels = overflow_labels(index);
        let labels = borrowed_labels(&labels);
        // The handler goes on whatever the builder says.
        let _ = response.items().push(CgroupLookupItemRef {
            status: PathStatus::Known,
            orchestrator: Orchestrator::from_wire(u16::try_from(1 + index % 7).expect("small"))
                .expect("open"),
            path: path.path(),
            name: format!("name-{index}").as_bytes(),
            labels: &labels,
        });
    }
    response.finish()
}

fn answer_apps(request: &[u8], buffer: &mut [u8]) -> Result<usize, EncodeError> {
    let pids = AppsLookupRequest::decode(request).expect("the requests are valid").pids();
    let mut response = <AppsLookup as WireMessage>::Builder::answering(buffer, request);
    response.generation(78);
    for (index, pid) in pids.iter().enumerate() {
        let labels = overflow_labels(index);
        let labels = borrowed_labels(&labels);
        let _ = response.items().push(AppLookupItemRef {
            status: ProcessStatus::Known,
            orchestrator: Orchestrator::Docker,
            cgroup_status: CgroupStatus::Known,
            pid: pid.pid(),
            ppid: 1,
            uid: 1000,
            starttime: 42,
            comm: format!("comm{index}").as_bytes(),
            cgroup_path: format!("/cg/{}", "p".repeat(index)).as_bytes(),
            cgroup_name: format!("name-{index}").as_bytes(),
            labels: &labels,
        });
    }
    response.finish()
}

#[test]
fn responses_under_a_ceiling() {
    golden("lookup_overflow", |vector| {
        let field = |name: &str| vector.field(name);
        let request = bytes(field("request_hex"));
        let mut buffer =
            vec![0xAA; usize::try_from(field("response_buf_size").as_u64().expect("a size")).expect("small")];
        let answered = match vector.kind() {
            "dispatch_cgroups_lookup" => answer_cgroups(&request, &mut buffer),
            "dispatch_apps_lookup" => answer_apps(&request, &mut buffer),
            other => panic!("{other} is not known"),
        };
        match field("result").as_str() {
            Some("OK") => {
                let len = answered.expect("it fits");
                assert_eq!(hex::encode(&buffer[..len]), field("response_hex").as_str().expect("hex"));
            }
            Some("LIMIT_EXCEEDED") => {
                assert!(matches!(answered, Err(EncodeError::Overflow { .. })), "{answered:?}");
            }
            other => panic!("{other:?} is not known"),
        }
    });
}
