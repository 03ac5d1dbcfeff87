//! `netipc demo`, and the provider that it starts.

use std::path::Path;

use serde_json::json;

use crate::running::{Provider, finish, netipc, place, printed, refused, run, succeeded};

#[test]
fn it_shows_processes_and_times() {
    let dir = place();
    let said = printed(dir.path(), &["demo", "--calls", "20"]);
    for part in [
        "provider  process ",
        "caller    process ",
        "COMM",
        "netipc.exe",
        "generation ",
        "20 calls",
        "median",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn its_json_has_the_same() {
    let dir = place();
    let arguments = ["demo", "--calls", "20", "--json", "--show", "1", "--profile", "baseline"];
    let demo = succeeded(dir.path(), &arguments).json();
    assert_eq!((&demo["profile"], &demo["calls"]), (&json!("NAMED_PIPE"), &json!(20)));
    assert_eq!(demo["lookup"]["items"].as_array().unwrap().len(), 1, "{demo}");
    let time = |name: &str| demo[name].as_u64().unwrap();
    assert!(0 < time("min_ns") && time("min_ns") <= time("median_ns") && time("median_ns") <= time("p99_ns"));
}

#[test]
fn its_directory_and_its_provider_are_gone_afterwards() {
    let (dir, temporary) = (place(), place());
    let mut command = netipc(dir.path(), &["demo", "--calls", "5"]);
    let child = command.env("TMP", temporary.path()).env("TEMP", temporary.path()).spawn().unwrap();
    let output = finish(child);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(temporary.path().read_dir().unwrap().count(), 0);
    // As in "provider  process 7, at apps-lookup in C:\\demo (\\\\.\\pipe\\…)".
    let (_, rest) = output.stdout.split_once(" in ").unwrap();
    let (run_dir, _) = rest.split_once(" (").unwrap();
    let message = refused(Path::new(run_dir), &["list", "--service", "apps-lookup"], 1);
    assert!(message.contains("no provider of apps-lookup"), "{message}");
}

#[test]
fn processes_are_looked_up_by_their_ids() {
    let dir = place();
    let provider = Provider::start(dir.path(), &["apps-lookup"]);
    let pid = provider.id().to_string();
    let table = printed(dir.path(), &["call", "apps-lookup", &pid, "4294967295"]);
    assert!(table.contains("netipc.exe") && table.contains("Unknown"), "{table}");
    let found = succeeded(dir.path(), &["call", "apps-lookup", &pid, "--json"]).json();
    let item = &found["items"][0];
    assert_eq!((&item["pid"], &item["comm"]), (&json!(provider.id()), &json!("netipc.exe")));
    assert_eq!(item["ppid"], json!(std::process::id()), "the test has started it");
    assert_eq!((&item["starttime"], &item["uid"]), (&json!(0), &json!(u32::MAX)));
}

#[test]
fn a_host_that_is_mounted_somewhere_is_none_of_windows() {
    let dir = place();
    let message = refused(dir.path(), &["serve", "apps-lookup", "--host-root", "/host"], 2);
    assert!(message.contains("--host-root"), "{message}");
}

#[test]
fn a_demo_without_calls_is_refused() {
    let dir = place();
    let output = run(dir.path(), &["demo", "--calls", "0"]);
    assert_eq!(output.code, Some(2), "{output:?}");
}
