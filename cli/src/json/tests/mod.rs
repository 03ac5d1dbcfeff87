//! JSON and bytes, both ways.

mod refused;
mod vectors;

use clap::ValueEnum;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const NO_OPTIONS: BatchOptions = BatchOptions { item_count: None, packed_area_len: None };

/// Options with which this kind can be decoded.
fn options(kind: Kind, item_count: u32, packed_area_len: u32) -> BatchOptions {
    BatchOptions {
        item_count: matches!(kind, Kind::BatchDirectory | Kind::BatchPayload).then_some(item_count),
        packed_area_len: (kind == Kind::BatchDirectory).then_some(packed_area_len),
    }
}

#[track_caller]
fn both_ways(kind: Kind, fields: &Value, hex: &str) {
    let bytes = encode(kind, fields.to_string().as_bytes(), &NO_OPTIONS).expect("it encodes");
    assert_eq!(hex::encode(&bytes), hex.split_whitespace().collect::<String>());
    assert_eq!(decode(kind, &bytes, &NO_OPTIONS).expect("it decodes"), *fields);
}

#[test]
fn ip_to_asn_has_addresses_as_text() {
    both_ways(
        Kind::IpToAsnReq,
        &json!({ "addresses": ["192.0.2.1", "2001:db8::1"] }),
        "0100 0000 02000000 0000000000000000  00000000 10000000 10000000 10000000
         0000000000000000 010200c0ffff0000  00000000b80d0120 0100000000000000",
    );
    both_ways(
        Kind::IpToAsnResp,
        &json!({
            "generation": 7,
            "items": [{
                "status": 0,
                "prefix_len": 24,
                "address": "192.0.2.1",
                "asn": 64_496,
                "country": "DE",
                "organisation": "Example",
            }],
        }),
        "0100 0000 01000000 0700000000000000  00000000 3b000000
         0100 0000 1800 0000 0000000000000000 010200c0ffff0000 f0fb0000 00000000
         30000000 02000000 33000000 07000000 444500 4578616d706c6500",
    );
}

#[test]
fn an_address_of_version_4_may_be_written_as_one_of_version_6() {
    let mapped = encode(Kind::IpToAsnReq, br#"{"addresses": ["::ffff:192.0.2.1"]}"#, &NO_OPTIONS);
    let plain = encode(Kind::IpToAsnReq, br#"{"addresses": ["192.0.2.1"]}"#, &NO_OPTIONS);
    assert_eq!(mapped.expect("it encodes"), plain.expect("it encodes"));
}

#[test]
fn pid_traffic_has_the_fields_of_the_library_s_structs() {
    both_ways(Kind::PidTrafficReq, &json!({ "layout_version": 1, "flags": 0 }), "01000000");
    both_ways(
        Kind::PidTrafficResp,
        &json!({
            "generation": 1,
            "read_at": 2,
            "processes": [{
                "pid": 3,
                "starttime": 4,
                "bytes_received": 5,
                "bytes_sent": 6,
                "packets_received": 7,
                "packets_sent": u64::MAX,
                "comm": { "hex": "ff" },
            }],
        }),
        "0100 0000 01000000 0100000000000000 0200000000000000  00000000 3a000000
         0100 0000 03000000 0400000000000000 0500000000000000 0600000000000000 0700000000000000
         ffffffffffffffff 38000000 01000000 ff00",
    );
}

#[test]
fn text_in_hex_may_be_text_after_all() {
    let hex = encode(Kind::StringReverse, br#"{"str": {"hex": "6869"}}"#, &NO_OPTIONS);
    let text = encode(Kind::StringReverse, br#"{"str": "hi"}"#, &NO_OPTIONS);
    assert_eq!(hex.expect("it encodes"), text.expect("it encodes"));
}

/// A string of a message.
fn string() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-z/]{0,20}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| json!({ "hex": hex::encode(bytes) })),
    ]
}

fn labels() -> impl Strategy<Value = Value> {
    let label = (string(), string()).prop_map(|(key, value)| json!({ "key": key, "value": value }));
    proptest::collection::vec(label, 0..3).prop_map(Value::from)
}

prop_compose! {
    fn cgroup()(status in 0..5u16, orchestrator: u16, path in string(), name in string(), labels in labels()) -> Value {
        json!({ "status": status, "orchestrator": orchestrator, "path": path, "name": name, "labels": labels })
    }
}

prop_compose! {
    fn app()(
        status in 0..4u16, orchestrator in 0..9u16, cgroup_status in 0..4u16, pid: u32, ppid: u32, starttime: u64,
        uid in prop_oneof![Just(u32::MAX), any::<u32>()], comm in string(), path in string(), name in string(),
        labels in labels(),
    ) -> Value {
        json!({
            "status": status, "orchestrator": orchestrator, "cgroup_status": cgroup_status, "pid": pid, "ppid": ppid,
            "uid": uid, "starttime": starttime, "comm": comm, "cgroup_path": path, "cgroup_name": name,
            "labels": labels,
        })
    }
}

fn response(item: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (any::<u64>(), proptest::collection::vec(item, 0..4))
        .prop_map(|(generation, items)| json!({ "generation": generation, "items": items }))
}

/// What was encoded decodes, to something that encodes to the same; or the rejection says why it does not encode.
fn encodes_to_what_decodes(kind: Kind, fields: &Value, options: &BatchOptions) -> Result<(), TestCaseError> {
    match encode(kind, fields.to_string().as_bytes(), options) {
        Ok(bytes) => {
            let seen = decode(kind, &bytes, options);
            let seen = seen.map_err(|problem| TestCaseError::fail(format!("{problem:?}")))?;
            let again = encode(kind, seen.to_string().as_bytes(), options);
            prop_assert_eq!(again.ok(), Some(bytes));
        }
        Err(Problem::Rejected(_)) => {}
        Err(Problem::Usage(sentence)) => return Err(TestCaseError::fail(sentence)),
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_decode_or_are_rejected(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), item_count in 0..40u32, area: u32
    ) {
        for kind in Kind::value_variants() {
            let options = options(*kind, item_count, area);
            match decode(*kind, &bytes, &options) {
                Ok(fields) => encodes_to_what_decodes(*kind, &fields, &options)?,
                Err(Problem::Rejected(rejection)) => prop_assert!(!rejection.to_string().is_empty()),
                Err(Problem::Usage(sentence)) => prop_assert!(false, "{}", sentence),
            }
        }
    }

    #[test]
    fn any_text_that_is_no_json_of_a_kind_is_one_sentence(text: String, bytes: Vec<u8>) {
        for kind in Kind::value_variants() {
            for text in [text.as_bytes(), &bytes, json!({ text.as_str(): text.as_str() }).to_string().as_bytes()] {
                let Err(Problem::Usage(sentence)) = encode(*kind, text, &NO_OPTIONS) else {
                    return Err(TestCaseError::fail(format!("{kind} takes {text:?}")));
                };
                prop_assert!(!sentence.chars().any(char::is_control), "{:?}", sentence);
                prop_assert!(sentence.contains(&kind.to_string()));
            }
        }
    }

    #[test]
    fn cgroups_lookup_responses_that_encode_decode(fields in response(cgroup())) {
        encodes_to_what_decodes(Kind::CgroupsLookupResp, &fields, &NO_OPTIONS)?;
    }

    #[test]
    fn apps_lookup_responses_that_encode_decode(fields in response(app())) {
        encodes_to_what_decodes(Kind::AppsLookupResp, &fields, &NO_OPTIONS)?;
    }

    #[test]
    fn keys_that_encode_decode(paths in proptest::collection::vec(string(), 0..5)) {
        encodes_to_what_decodes(Kind::CgroupsLookupReq, &json!({ "paths": paths }), &NO_OPTIONS)?;
    }

    #[test]
    fn process_names_that_encode_decode(names in proptest::collection::vec(string(), 0..5)) {
        let process = |name: &Value| json!({
            "pid": 1, "starttime": 2, "bytes_received": 3, "bytes_sent": 4, "packets_received": 5, "packets_sent": 6,
            "comm": name,
        });
        let processes: Vec<_> = names.iter().map(process).collect();
        encodes_to_what_decodes(
            Kind::PidTrafficResp,
            &json!({ "generation": 0, "read_at": 0, "processes": processes }),
            &NO_OPTIONS,
        )?;
    }

    #[test]
    fn networks_that_encode_decode(
        status in 0..4u16, prefix_len: u16, address: std::net::IpAddr, asn: u32, country in string(), name in string()
    ) {
        let network = json!({
            "status": status, "prefix_len": prefix_len, "address": address, "asn": asn, "country": country,
            "organisation": name,
        });
        encodes_to_what_decodes(Kind::IpToAsnResp, &json!({ "generation": 0, "items": [network] }), &NO_OPTIONS)?;
    }
}
