//! Providers and callers.

use std::path::Path;

use crate::running::{Provider, place, printed, refused};

#[test]
fn a_provider_answers_callers_in_other_processes_and_ends_in_order() {
    let dir = place();
    let provider = Provider::start(dir.path(), &["increment"]);
    assert!(provider.ready.contains(r"\\.\pipe\netipc-"), "{}", provider.ready);
    for _ in 0..3 {
        assert_eq!(printed(dir.path(), &["call", "increment", "41"]), "42\n");
    }
    assert_eq!(provider.stop().code(), Some(0));
    let message = refused(dir.path(), &["call", "increment", "41"], 1);
    assert!(message.contains("no provider of increment"), "{message}");
}

#[test]
fn a_provider_that_is_killed_leaves_nothing_in_the_way_of_the_next_one() {
    let dir = place();
    for _ in 0..3 {
        let provider = Provider::start(dir.path(), &["string-reverse"]);
        assert_eq!(printed(dir.path(), &["call", "string-reverse", "stressed"]), "desserts\n");
        drop(provider);
    }
}

#[test]
fn a_wrong_token_is_refused() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment", "--auth-token", "7"]);
    let message = refused(dir.path(), &["call", "increment", "1"], 1);
    assert!(message.contains("token"), "{message}");
    assert_eq!(printed(dir.path(), &["call", "increment", "1", "--auth-token", "7"]), "2\n");
}

#[test]
fn networks_are_looked_up_in_a_file() {
    let dir = place();
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/documentation-ranges.tsv");
    let _provider = Provider::start(dir.path(), &["ip-to-asn", "--db", database.to_str().unwrap()]);
    let table = printed(dir.path(), &["call", "ip-to-asn", "192.0.2.1"]);
    assert!(table.contains("64496"), "{table}");
}

#[test]
fn what_looks_at_a_linux_host_says_so() {
    let dir = place();
    for service in ["cgroups-snapshot", "cgroups-lookup", "pid-traffic"] {
        let message = refused(dir.path(), &["serve", service], 1);
        assert!(message.contains(service) && message.contains("Linux"), "{message}");
    }
}

#[test]
fn messages_are_laid_out_decoded_and_encoded() {
    let dir = place();
    let encoded = printed(dir.path(), &["encode", "increment", r#"{"value": 42}"#]);
    assert_eq!(encoded, "2a00000000000000\n");
    let file = dir.path().join("bytes");
    std::fs::write(&file, encoded.trim()).unwrap();
    let decoded = printed(dir.path(), &["decode", "increment", &format!("@{}", file.display())]);
    assert!(decoded.contains("\"value\": 42"), "{decoded}");
    assert!(printed(dir.path(), &["layout", "cgroups-snapshot"]).contains("generation"));
    refused(dir.path(), &["decode", "increment", "2a"], 1);
}
