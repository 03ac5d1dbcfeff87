//! `netipc decode` and `netipc encode`, as scripts use them. What each kind has is tested beside the code.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::running::{Host, Output, finish, netipc, run};

const INCREMENT: &str = "2a00000000000000";

/// Runs a command with this on its standard input.
fn piped(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    thread::scope(|scope| {
        scope.spawn(move || {
            // Who has seen enough does not read the rest.
            let _ = stdin.write_all(input);
        });
        finish(child)
    })
}

fn vectors(kind: &str) -> Vec<Value> {
    let path = format!("{}/../tests/vectors/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    let file: Value = serde_json::from_slice(&fs::read(path).expect("the file of vectors")).expect("JSON");
    file["vectors"].as_array().expect("a list").clone()
}

#[test]
fn fields_go_both_ways_through_arguments_files_and_pipes() {
    let host = Host::new();
    for (kind, options) in [
        ("increment", ""),
        ("cgroups_snapshot_resp", ""),
        ("cgroups_lookup_req", ""),
        ("apps_lookup_resp", ""),
        ("outer_header", ""),
        ("hello", ""),
        ("batch_directory", "--item-count 3 --packed-area-len 24"),
        ("batch_payload", "--item-count 1"),
    ] {
        let vector = &vectors(kind)[0];
        let hex = vector["hex"].as_str().expect("text");
        let bytes = hex::decode(hex).expect("hexadecimal digits");
        let fields = vector["fields"].to_string();
        let (raw, text, json) = (host.path().join("raw"), host.path().join("text"), host.path().join("json"));
        fs::write(&raw, &bytes).expect("it is written");
        fs::write(&text, format!("{hex}\n")).expect("it is written");
        fs::write(&json, &fields).expect("it is written");

        let decode = || netipc(&format!("decode {kind} {options}"));
        let encode = || netipc(&format!("encode {kind} {options}"));
        for output in [
            run(decode().arg(hex)),
            run(decode().arg(format!("@{}", raw.display()))),
            run(decode().arg(format!("@{}", text.display()))),
            piped(decode().arg("-"), &bytes),
            piped(decode().arg("-"), hex.as_bytes()),
        ] {
            assert_eq!(output.succeeded().json(), vector["fields"], "{kind}");
        }
        for output in [
            run(encode().arg(&fields)),
            run(encode().arg(format!("@{}", json.display()))),
            piped(encode().arg("-"), fields.as_bytes()),
        ] {
            assert_eq!(output.succeeded().stdout, format!("{hex}\n"), "{kind}");
        }
    }
}

#[test]
fn a_rejection_is_one_sentence_for_people_and_json_for_programs() {
    let message = run(&mut netipc("decode increment 00")).failed(1);
    assert_eq!(
        message,
        "netipc: truncated: `Increment` at byte 0: 8 bytes are needed for the fixed header, found: 1\n"
    );
    let output = run(&mut netipc("decode increment 00 --json"));
    assert_eq!((output.code(), output.stderr.as_str()), (Some(1), ""));
    let rule = "8 bytes are needed for the fixed header, found: 1";
    assert_eq!(output.json(), json!({ "error": "truncated", "rule": rule, "field": null, "at": 0 }));
}

#[test]
fn a_value_that_breaks_a_rule_is_rejected() {
    let encode = |options: &str| {
        run(netipc(&format!("encode cgroups_lookup_req {options}")).arg(r#"{"paths": [""]}"#))
    };
    let message = encode("").failed(1);
    assert!(message.contains("bad layout: `CgroupPath.path`"), "{message}");
    let output = encode("--json");
    assert_eq!((output.code(), output.stderr.as_str()), (Some(1), ""));
    assert_eq!((&output.json()["error"], &output.json()["field"]), (&json!("bad layout"), &json!("path")));
}

#[test]
fn json_that_is_not_of_its_kind_is_bad_usage_with_and_without_json() {
    for options in ["", "--json"] {
        let command = format!("encode increment {options}");
        let message = run(netipc(&command).arg(r#"{"value": "five"}"#)).failed(2);
        assert!(message.contains("`value`") && message.contains("expected u64"), "{message}");
    }
}

#[test]
fn a_megabyte_of_junk_is_answered_with_one_sentence() {
    // Neither text nor hexadecimal, and never the same bytes side by side.
    let junk: Vec<u8> =
        (0..1u32 << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let message = piped(&mut netipc("decode cgroups_snapshot_resp -"), &junk).failed(1);
    assert!(message.len() < 300, "{message}");
    let message = piped(&mut netipc("encode cgroups_snapshot_resp -"), &junk).failed(2);
    assert!(message.contains("no JSON of cgroups_snapshot_resp") && message.len() < 300, "{message}");
    let digits = vec![b'f'; 1 << 20];
    assert!(piped(&mut netipc("decode cgroups_lookup_resp -"), &digits).failed(1).len() < 300);
    let message = piped(&mut netipc("encode hello -"), &digits).failed(2);
    assert!(message.len() < 300, "{message}");
    let message = piped(&mut netipc("encode hello -"), &vec![b'['; 1 << 20]).failed(2);
    assert!(message.len() < 300, "{message}");
    let text = [&b"\""[..], &digits, b"\""].concat();
    let message = piped(&mut netipc("encode hello -"), &text).failed(2);
    assert!(message.len() < 600, "{message}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure() {
    let host = Host::new();
    for command in ["decode increment", "encode increment"] {
        let missing = format!("{command} @{}/missing", host.path().display());
        assert!(host.run(&missing).failed(1).contains("cannot read"), "{missing}");
        let directory = format!("{command} @{}", host.path().display());
        assert!(host.run(&directory).failed(1).contains("cannot read"), "{directory}");
        assert!(host.run(&format!("{command} @")).failed(1).contains("cannot read"));
    }
}

#[test]
fn an_empty_payload_is_decoded_like_any_other() {
    assert!(run(netipc("decode increment").arg("")).failed(1).contains("truncated"));
    assert!(run(&mut netipc("decode increment -")).failed(1).contains("truncated"), "stdin is /dev/null");
    let empty = run(netipc("decode batch_payload --item-count 0").arg("")).succeeded();
    assert_eq!(empty.json(), json!({ "items_hex": [] }));
    let encoded = run(netipc("encode batch_payload").arg(r#"{"items_hex": []}"#)).succeeded();
    assert_eq!(encoded.stdout, "\n");
}

#[test]
fn what_one_command_prints_is_what_the_other_takes() {
    let bytes = run(netipc("encode increment").arg(r#"{"value": 42}"#)).succeeded().stdout;
    assert_eq!(bytes, format!("{INCREMENT}\n"));
    let fields = piped(&mut netipc("decode increment -"), bytes.as_bytes()).succeeded().stdout;
    assert_eq!(piped(&mut netipc("encode increment -"), fields.as_bytes()).succeeded().stdout, bytes);
}

#[test]
fn the_examples_in_the_help_work() {
    for (command, argument) in [
        ("decode increment", INCREMENT),
        ("decode batch_payload --item-count 1", "0000000003000000616263"),
        ("encode increment", r#"{"value": 42}"#),
        ("encode cgroups_lookup_req", r#"{"paths": ["/system.slice", {"hex": "2fff"}]}"#),
        ("encode ip_to_asn_req", r#"{"addresses": ["192.0.2.1", "2001:db8::1"]}"#),
    ] {
        let help = run(&mut netipc(&format!("{} --help", command.split(' ').next().expect("a word"))));
        assert!(help.succeeded().stdout.contains(argument), "{argument}");
        run(netipc(command).arg(argument)).succeeded();
    }
    let output = run(&mut netipc("decode string_reverse --json 0900000003000000"));
    assert_eq!(output.json()["error"], "bad layout");
}
