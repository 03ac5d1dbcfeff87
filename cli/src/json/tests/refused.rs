//! What neither encodes nor decodes, and what is said of it.

use super::*;

#[track_caller]
fn usage(kind: Kind, json: &str, options: &BatchOptions) -> String {
    match encode(kind, json.as_bytes(), options) {
        Err(Problem::Usage(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn rejected(result: Result<impl std::fmt::Debug, Problem>) -> Value {
    match result {
        Err(Problem::Rejected(rejection)) => rejection.json(),
        other => panic!("{other:?}"),
    }
}

const SNAPSHOT: &str = r#"{"systemd_enabled": 1, "generation": 2, "items":
    [{"hash": 3, "options": 4, "enabled": 5, "name": "n", "path": "p"}]}"#;

#[test]
fn json_that_is_not_of_its_kind_names_the_field() {
    assert!(encode(Kind::CgroupsSnapshotResp, SNAPSHOT.as_bytes(), &NO_OPTIONS).is_ok());
    for (from, to, field, what) in [
        (r#""hash": 3, "#, "", "items[0]", "missing field `hash`"),
        (r#""generation": 2, "#, "", "cgroups_snapshot_resp", "missing field `generation`"),
        (
            r#""hash": 3"#,
            r#""hash": 3, "hush": 3"#,
            "items[0].hush",
            "unknown field `hush`, expected one of `hash`",
        ),
        (r#""hash": 3"#, r#""hash": 3, "hash": 3"#, "items[0]", "duplicate field `hash`"),
        (r#""hash": 3"#, r#""hash": "3""#, "items[0].hash", "expected u32"),
        (r#""hash": 3"#, r#""hash": 3.0"#, "items[0].hash", "expected u32"),
        (r#""hash": 3"#, r#""hash": -3"#, "items[0].hash", "expected u32"),
        (r#""hash": 3"#, r#""hash": 4294967296"#, "items[0].hash", "4294967296"),
        (r#""hash": 3"#, r#""hash": null"#, "items[0].hash", "expected u32"),
        (r#""generation": 2"#, r#""generation": 18446744073709551616"#, "generation", "expected u64"),
        (r#""name": "n""#, r#""name": 1"#, "items[0].name", r#"expected a text or {"hex": "..."}"#),
        (r#""name": "n""#, r#""name": {}"#, "items[0].name", "missing field `hex`"),
        (r#""name": "n""#, r#""name": {"hex": "f"}"#, "items[0].name", "Odd number of digits"),
        (r#""name": "n""#, r#""name": {"hex": "fg"}"#, "items[0].name", "Invalid character 'g'"),
        (r#""name": "n""#, r#""name": {"hex": "ff", "x": 1}"#, "items[0].name", "unknown field `x`"),
        (r#""name": "n""#, r#""name": ["n"]"#, "items[0].name", "expected a text"),
        (r#"[{"hash"#, r#"[[1, 2, 3, "a", "b"], {"hash"#, "items[0]", "expected an object"),
        (r#""items":"#, r#""items": 1, "x":"#, "items", "expected a sequence"),
    ] {
        assert!(SNAPSHOT.contains(from));
        let sentence = usage(Kind::CgroupsSnapshotResp, &SNAPSHOT.replacen(from, to, 1), &NO_OPTIONS);
        assert!(sentence.contains(field) && sentence.contains(what), "{to}: {sentence}");
    }
}

#[test]
fn a_list_of_values_is_no_object_and_more_than_one_value_is_too_much() {
    for (kind, json, what) in [
        (Kind::Increment, "[5]", "expected an object"),
        (Kind::Increment, "5", "expected an object"),
        (Kind::Increment, r#"{"value": 5} {"value": 5}"#, "trailing characters"),
        (Kind::OuterHeader, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "expected an object"),
        (Kind::BatchDirectory, r#"{"entries": [[0, 1]]}"#, "expected an object"),
        (Kind::BatchPayload, r#"{"items_hex": ["0"]}"#, "items_hex[0]"),
        (Kind::CgroupsLookupReq, r#"{"paths": [1]}"#, "paths[0]"),
        (Kind::AppsLookupReq, r#"{"pids": [-1]}"#, "pids[0]"),
        (Kind::IpToAsnReq, r#"{"addresses": ["192.0.2"]}"#, "addresses[0]"),
        (Kind::PidTrafficReq, "{}", "layout_version"),
    ] {
        let sentence = usage(kind, json, &NO_OPTIONS);
        assert!(sentence.contains(what) && sentence.contains(&kind.to_string()), "{json}: {sentence}");
    }
}

#[test]
fn json_that_ends_too_early_says_where() {
    for (json, what) in [
        ("", "this is no JSON of cgroups_snapshot_resp: it ends too early, at line 1 column 0"),
        ("{", "this is no JSON of cgroups_snapshot_resp: it ends too early, at line 1 column 1"),
        ("{\n\"gen", "this is no JSON of cgroups_snapshot_resp: it ends too early, at line 2 column 4"),
        (r#"{"generation":"#, "`generation`: it ends too early, at line 1 column 14"),
        (r#"{"items": [{"hash": 3, "#, "`items[0]`: it ends too early, at line 1 column 23"),
    ] {
        let sentence = usage(Kind::CgroupsSnapshotResp, json, &NO_OPTIONS);
        assert!(sentence.ends_with(what), "{json}: {sentence}");
    }
}

#[test]
fn a_field_has_its_name_whatever_that_is() {
    for (json, what) in [
        (r#"{"?": 1}"#, ": unknown field `?`"),
        (r#"{".": 1}"#, ": unknown field `.`"),
        (r#"{"value": 1,}"#, "this is no JSON of increment: trailing comma"),
    ] {
        let sentence = usage(Kind::Increment, json, &NO_OPTIONS);
        assert!(sentence.contains(what), "{json}: {sentence}");
    }
}

#[test]
fn an_unlisted_value_names_those_there_are() {
    let item = r#"{"status": 9, "orchestrator": 0, "path": "/a", "name": "", "labels": []}"#;
    let sentence =
        usage(Kind::CgroupsLookupResp, &format!(r#"{{"generation": 1, "items": [{item}]}}"#), &NO_OPTIONS);
    assert!(sentence.contains("items[0].status"), "{sentence}");
    assert!(sentence.contains("9 is not a listed value: 0 Known, 1 UnknownRetryLater"), "{sentence}");
}

#[test]
fn a_sentence_repeats_little_of_what_it_is_about() {
    let long = format!(r#"{{"value": "{}"}}"#, "\u{202e}".repeat(1_000_000));
    let sentence = usage(Kind::Increment, &long, &NO_OPTIONS);
    assert!(sentence.len() < 4_000 && sentence.contains("expected u64"), "{sentence}");
    let long = format!(r#"{{"{}": 1}}"#, "x".repeat(1_000_000));
    let sentence = usage(Kind::Increment, &long, &NO_OPTIONS);
    assert!(sentence.len() < 1_000 && sentence.contains("expected `value`"), "{sentence}");
}

#[test]
fn a_value_that_breaks_a_rule_is_rejected_as_its_bytes_would_be() {
    // The position of what an item's field breaks counts from the item.
    let expect = |kind, fields: Value, error: &str, field: Option<&str>, at: Option<u64>| {
        let json = rejected(encode(kind, fields.to_string().as_bytes(), &NO_OPTIONS));
        assert_eq!(json["error"], error, "{fields}: {json}");
        assert_eq!((json["field"].as_str(), json["at"].as_u64()), (field, at), "{fields}: {json}");
    };
    expect(Kind::CgroupsLookupReq, json!({ "paths": ["/a", ""] }), "bad layout", Some("path"), Some(0));
    expect(Kind::CgroupsLookupReq, json!({ "paths": ["a\0b"] }), "bad layout", Some("path"), Some(0));
    let app = json!({
        "status": 0, "orchestrator": 0, "cgroup_status": 3, "pid": 1, "ppid": 0, "uid": 0, "starttime": 0,
        "comm": "sixteen bytes ..", "cgroup_path": "", "cgroup_name": "", "labels": [],
    });
    expect(
        Kind::AppsLookupResp,
        json!({ "generation": 1, "items": [app] }),
        "bad layout",
        Some("comm"),
        Some(32),
    );
    let odd = |field: &str, value: u64| {
        let mut header = json!({
            "magic": 0x4e49_5043, "version": 1, "header_len": 32, "kind": 1, "flags": 0, "code": 1,
            "transport_status": 0, "payload_len": 8, "item_count": 1, "message_id": 1,
        });
        header[field] = value.into();
        header
    };
    expect(Kind::OuterHeader, odd("magic", 1), "bad magic", Some("magic"), Some(0));
    expect(Kind::OuterHeader, odd("version", 2), "bad version", Some("version"), Some(4));
    expect(Kind::OuterHeader, odd("header_len", 31), "bad header length", Some("header_len"), Some(6));
    expect(Kind::OuterHeader, odd("kind", 4), "bad kind", Some("kind"), Some(8));
    let constants =
        |layout_version: u16, flags: u16| json!({ "layout_version": layout_version, "flags": flags });
    expect(Kind::CgroupsSnapshotReq, constants(2, 0), "bad layout", Some("layout_version"), Some(0));
    expect(Kind::PidTrafficReq, constants(1, 1), "bad layout", Some("flags"), Some(2));
    let directory = |offset: u32, length: u32| json!({ "entries": [{ "offset": offset, "length": length }] });
    expect(Kind::BatchDirectory, directory(4, 1), "misaligned", Some("directory"), Some(0));
    expect(Kind::BatchDirectory, directory(u32::MAX - 7, 8), "out of bounds", Some("directory"), Some(0));
}

#[test]
fn more_labels_than_can_be_counted_do_not_fit() {
    let labels = vec![json!({ "key": "k", "value": "" }); 65_536];
    let item = json!({ "status": 0, "orchestrator": 0, "path": "/a", "name": "", "labels": labels });
    let fields = json!({ "generation": 1, "items": [item] }).to_string();
    let json = rejected(encode(Kind::CgroupsLookupResp, fields.as_bytes(), &NO_OPTIONS));
    assert_eq!((&json["error"], &json["field"]), (&json!("overflow"), &json!("labels")));
}

#[test]
fn a_rejection_of_bytes_says_which_rule_which_field_and_where() {
    let snapshot = encode(Kind::CgroupsSnapshotResp, SNAPSHOT.as_bytes(), &NO_OPTIONS).expect("it encodes");
    let mut bytes = snapshot.clone();
    bytes[24 + 8 + 16] = 31;
    assert_eq!(
        rejected(decode(Kind::CgroupsSnapshotResp, &bytes, &NO_OPTIONS)),
        json!({
            "error": "out of bounds", "rule": "offset 31 points into the fixed header", "field": "name",
            "at": 48, "item": 0,
        })
    );
    assert_eq!(
        rejected(decode(Kind::CgroupsSnapshotResp, &snapshot[..23], &NO_OPTIONS)),
        json!({ "error": "truncated", "rule": "24 bytes are needed for the fixed header, found: 23", "field": null, "at": 0 })
    );
    assert_eq!(
        rejected(decode(Kind::Hello, &[0; 43], &NO_OPTIONS)),
        json!({ "error": "truncated", "rule": "44 bytes are needed for the fixed header, found: 43", "field": null, "at": 0 })
    );
    let mut hello = [0; 44];
    (hello[0], hello[28]) = (1, 5);
    assert_eq!(
        rejected(decode(Kind::Hello, &hello, &NO_OPTIONS)),
        json!({ "error": "bad layout", "rule": "must be 0, is 5", "field": "padding", "at": 28 })
    );
}

fn counted(item_count: u32) -> BatchOptions {
    BatchOptions { item_count: Some(item_count), packed_area_len: None }
}

fn measured(item_count: u32, packed_area_len: u32) -> BatchOptions {
    BatchOptions { item_count: Some(item_count), packed_area_len: Some(packed_area_len) }
}

#[test]
fn a_directory_is_held_against_what_the_header_says() {
    let bytes = [0u32, 5, 8, 7].map(u32::to_ne_bytes).concat();
    let decode = |options| decode(Kind::BatchDirectory, &bytes, &options);
    assert!(decode(measured(2, 15)).is_ok());
    let json = rejected(decode(measured(2, 14)));
    assert_eq!((&json["error"], &json["at"], &json["item"]), (&json!("out of bounds"), &json!(8), &json!(1)));
    let json = rejected(decode(measured(3, 15)));
    assert_eq!(
        (&json["error"], &json["rule"]),
        (&json!("truncated"), &json!("the directory has 24 bytes, there are 16"))
    );
    assert_eq!(rejected(decode(measured(u32::MAX, 15)))["error"], "truncated");
}

#[test]
fn a_batch_that_is_encoded_has_as_many_items_as_announced() {
    let encode = |options| encode(Kind::BatchPayload, br#"{"items_hex": ["00", "11"]}"#, &options);
    assert_eq!(encode(counted(2)).expect("two"), encode(NO_OPTIONS).expect("whatever there is"));
    assert_eq!(
        rejected(encode(counted(3))),
        json!({ "error": "bad item count", "rule": "3 items were announced, there are 2", "field": null, "at": null })
    );
}

#[test]
fn options_are_there_where_they_are_needed_and_nowhere_else() {
    assert!(usage(Kind::Hello, "{}", &counted(1)).contains("hello has no --item-count"));
    let usage = |kind, options| match decode(kind, &[0; 16], &options) {
        Err(Problem::Usage(sentence)) => sentence,
        other => panic!("{other:?}"),
    };
    assert!(usage(Kind::BatchPayload, NO_OPTIONS).contains("--item-count is needed"));
    assert!(usage(Kind::BatchDirectory, NO_OPTIONS).contains("--item-count is needed"));
    assert!(usage(Kind::BatchDirectory, counted(1)).contains("--packed-area-len is needed"));
    assert!(usage(Kind::BatchPayload, measured(1, 1)).contains("batch_payload has no --packed-area-len"));
    assert!(usage(Kind::Increment, counted(1)).contains("increment has no --item-count"));
}
