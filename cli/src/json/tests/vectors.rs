//! The contract's vectors, all but those of shared memory, through the functions behind the command.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

/// The vectors of a file; there are some.
fn read(name: &str) -> Vec<Value> {
    let path = directory().join(name).with_extension("json");
    let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file: Value = serde_json::from_slice(&file).expect("JSON");
    let Value::Array(vectors) = file["vectors"].take() else { panic!("{name} has no vectors") };
    assert!(!vectors.is_empty());
    vectors
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {vector}"))
}

fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    hex::decode(text(vector, name)).expect("hexadecimal digits")
}

/// What stands beside the bytes; of it, only what the kind does not tell itself.
fn params(kind: Kind, vector: &Value) -> BatchOptions {
    let number =
        |name: &str| vector["params"][name].as_u64().map(|number| u32::try_from(number).expect("a u32"));
    options(kind, number("item_count").unwrap_or(0), number("packed_area_len").unwrap_or(0))
}

/// Kinds that the library brings and the vectors do not have.
const OURS: [Kind; 4] = [Kind::IpToAsnReq, Kind::IpToAsnResp, Kind::PidTrafficReq, Kind::PidTrafficResp];

fn kinds() -> impl Iterator<Item = Kind> {
    Kind::value_variants().iter().copied().filter(|kind| !OURS.contains(kind))
}

#[test]
fn there_is_a_kind_for_every_file_but_that_of_shared_memory() {
    let files =
        std::fs::read_dir(directory()).expect("the vectors").map(|entry| entry.expect("an entry").path());
    let mut names: BTreeSet<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    for other in ["odd", "lookup_overflow", "shm_region_header"] {
        assert!(names.remove(other), "{other}");
    }
    assert_eq!(names, kinds().map(|kind| kind.to_string()).collect());
}

#[test]
fn every_golden_vector_decodes_to_its_fields_and_encodes_to_its_bytes() {
    for kind in kinds() {
        for vector in read(&kind.to_string()) {
            let (name, fields, options) = (text(&vector, "name"), &vector["fields"], params(kind, &vector));
            println!("{kind} {name}");
            let bytes = bytes(&vector, "hex");
            assert_eq!(decode(kind, &bytes, &options).expect("it decodes"), *fields);
            if (kind, name) == (Kind::BatchPayload, "tight_buffer_no_trailing_pad") {
                // Its last item is not padded, which nobody sends.
                continue;
            }
            let encoded = encode(kind, fields.to_string().as_bytes(), &options).expect("it encodes");
            assert_eq!(hex::encode(encoded), text(&vector, "hex"));
        }
    }
}

#[test]
fn every_request_and_response_under_a_ceiling_goes_both_ways() {
    for vector in read("lookup_overflow") {
        let (request, response) = match text(&vector, "kind") {
            "dispatch_cgroups_lookup" => (Kind::CgroupsLookupReq, Kind::CgroupsLookupResp),
            "dispatch_apps_lookup" => (Kind::AppsLookupReq, Kind::AppsLookupResp),
            other => panic!("{other} is not known"),
        };
        let mut payloads = vec![(request, "request_hex")];
        if text(&vector, "result") == "OK" {
            payloads.push((response, "response_hex"));
        }
        for (kind, name) in payloads {
            let fields = decode(kind, &bytes(&vector, name), &NO_OPTIONS).expect("it decodes");
            let encoded = encode(kind, fields.to_string().as_bytes(), &NO_OPTIONS).expect("it encodes");
            assert_eq!(hex::encode(encoded), text(&vector, name));
        }
    }
}

#[test]
fn every_odd_vector_is_rejected_with_its_class_or_accepted() {
    let mut seen = 0;
    for vector in read("odd") {
        let Some(kind) = kinds().find(|kind| kind.to_string() == text(&vector, "kind")) else {
            assert_eq!(text(&vector, "kind"), "shm_region_header");
            continue;
        };
        let name = text(&vector, "name");
        println!("{kind} {name}");
        let rejection = match (kind, name) {
            // Where the contract speaks against the implementation that made the vectors (vectors/README.md).
            (Kind::Hello, "flags_1") => Some("bad layout"),
            _ if text(&vector, "expect") == "accept" => None,
            _ => Some(text(&vector, "error")),
        };
        match (decode(kind, &bytes(&vector, "hex"), &params(kind, &vector)), rejection) {
            // The bytes may be others: what lies in gaps is in no field.
            (Ok(fields), None) => {
                let again = encode(kind, fields.to_string().as_bytes(), &NO_OPTIONS).expect("it encodes");
                assert_eq!(decode(kind, &again, &params(kind, &vector)).expect("it decodes"), fields);
            }
            (Err(Problem::Rejected(rejection)), Some(class)) => {
                let json = rejection.json();
                assert_eq!(json["error"], class);
                assert!(json["rule"].as_str().is_some_and(|rule| !rule.is_empty()), "{json}");
                assert!(json["at"].is_u64(), "{json}");
                assert!(rejection.to_string().contains(class), "{rejection}");
            }
            (other, _) => panic!("{other:?}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 161, "odd vectors");
}
