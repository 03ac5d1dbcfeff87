//! Providers and callers that get along.

use std::os::unix::net::UnixDatagram;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::running::{Host, Provider, WATCHDOG, files, netipc, run};

#[test]
fn increment_adds_one() {
    let host = Host::new();
    let provider = host.serve("increment");
    assert_eq!(provider.socket, host.path().join("increment.sock"));
    assert_eq!(host.run("call increment 41").succeeded().stdout, "42\n");
    assert_eq!(host.run("call increment 18446744073709551615").succeeded().stdout, "0\n");
    assert_eq!(host.run("call increment 41 --json").succeeded().json(), json!({ "value": 42 }));
}

#[test]
fn string_reverse_reverses() {
    let host = Host::new();
    let _provider = host.serve("string-reverse");
    assert_eq!(host.run("call string-reverse stressed").succeeded().stdout, "desserts\n");
    assert_eq!(host.run("call string-reverse abc --json").succeeded().json(), json!({ "str": "cba" }));
    assert_eq!(run(host.netipc("call string-reverse").arg("")).succeeded().stdout, "\n");
}

#[test]
fn reversed_bytes_that_are_not_text_are_escaped_for_people_and_hex_in_json() {
    let host = Host::new();
    let _provider = host.serve("string-reverse");
    // U+00E9 is C3 A9; in reverse order that is not UTF-8.
    assert_eq!(host.run("call string-reverse aé").succeeded().stdout, "\\xa9\\xc3a\n");
    assert_eq!(
        host.run("call string-reverse aé --json").succeeded().json(),
        json!({ "str": { "hex": "a9c361" } })
    );
}

#[test]
fn cgroups_snapshot_shows_a_table_and_json() {
    let host = Host::new();
    let _provider = host.serve("cgroups-snapshot");

    let json = host.run("call cgroups-snapshot --json").succeeded().json();
    assert!(json["generation"].as_u64().expect("a number") > 0);
    assert!(json["systemd_enabled"].is_u64());
    let items = json["items"].as_array().expect("a list");
    for item in items {
        let keys: Vec<_> = item.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["hash", "options", "enabled", "name", "path"]);
    }

    let table = host.run("call cgroups-snapshot").succeeded().stdout;
    let lines: Vec<_> = table.lines().collect();
    let headings: Vec<_> = lines[0].split_whitespace().collect();
    assert_eq!(headings, ["HASH", "ENABLED", "OPTIONS", "NAME", "PATH"]);
    // The headings, a line for each, an empty one, the summary. The host may have changed between the two calls.
    let summary = lines.last().expect("a summary");
    let count: usize = summary.split(' ').next().expect("a word").parse().expect("a number");
    assert_eq!(lines.len(), count + 3, "{table}");
}

#[test]
fn an_unchanged_snapshot_keeps_its_generation() {
    let host = Host::new();
    let _provider = host.serve("cgroups-snapshot --refresh 60");
    let generation = || host.run("call cgroups-snapshot --json").succeeded().json()["generation"].clone();
    assert_eq!(generation(), generation());
}

#[test]
fn a_snapshot_is_taken_again_when_it_is_old() {
    let host = Host::new();
    let _provider = host.serve("cgroups-snapshot --refresh 0");
    let generation = || host.run("call cgroups-snapshot --json").succeeded().json()["generation"].as_u64();
    let first = generation();
    assert!(generation() >= first, "it never goes back");
}

#[test]
fn every_profile_that_both_sides_have_works() {
    let host = Host::new();
    let _provider = host.serve("increment --profile auto");
    for profile in ["baseline", "shm", "auto"] {
        let output = host.run(&format!("call increment 1 --profile {profile}"));
        if output.code() == Some(2) {
            assert!(output.failed(2).contains("--profile shm is not available here"), "{profile}");
            continue;
        }
        let output = output.succeeded();
        assert_eq!(output.stdout, "2\n", "{profile}");
    }
}

#[test]
fn a_token_may_be_written_in_both_ways_and_stand_in_the_environment() {
    let host = Host::new();
    let _provider = host.serve("increment --auth-token 0x4d2");
    assert_eq!(host.run("call increment 1 --auth-token 1234").succeeded().stdout, "2\n");
    let output = run(host.netipc("call increment 1").env("NETIPC_AUTH_TOKEN", "1234"));
    assert_eq!(output.succeeded().stdout, "2\n");
}

#[test]
fn a_service_may_have_another_name() {
    let host = Host::new();
    let provider = host.serve("increment --service my-increment");
    assert_eq!(provider.socket, host.path().join("my-increment.sock"));
    assert_eq!(host.run("call increment 1 --service my-increment").succeeded().stdout, "2\n");
    host.run("call increment 1").failed(1);
}

#[test]
fn session_options_reach_the_session() {
    let host = Host::new();
    let _provider = host.serve("string-reverse --packet-size 64 --max-sessions 1 --timeout 5s");
    let text = "x".repeat(300);
    let output = host.run(&format!("call string-reverse {text} --packet-size 128 --timeout 20"));
    assert_eq!(output.succeeded().stdout, format!("{text}\n"));
}

#[test]
fn a_provider_ends_in_order_on_sigterm_and_sigint() {
    for signal in [Signal::TERM, Signal::INT] {
        let host = Host::new();
        let provider = host.serve("increment");
        assert!(host.files().contains(&"increment.sock".to_owned()));
        assert_eq!(provider.stop(signal).code(), Some(0), "{signal:?}");
        assert!(host.files().is_empty(), "{signal:?}: {:?}", host.files());
    }
}

#[test]
fn a_provider_takes_over_from_one_that_was_killed() {
    let host = Host::new();
    host.serve("increment").stop(Signal::KILL);
    assert!(host.files().contains(&"increment.sock".to_owned()), "it could not clean up");
    let _provider = host.serve("increment");
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n");
}

#[test]
fn a_provider_whose_stdout_is_closed_serves_all_the_same() {
    let host = Host::new();
    // Nobody reads `ready` from a socket whose other end is gone; so the caller has to try until it is there.
    let (ours, theirs) = UnixDatagram::pair().expect("a pair of sockets");
    drop(ours);
    let mut child = host
        .netipc("serve increment")
        .stdout(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .spawn()
        .expect("it starts");
    let start = std::time::Instant::now();
    let answer = loop {
        let output = host.run("call increment 1");
        if output.code() == Some(0) || start.elapsed() > WATCHDOG {
            break output.stdout;
        }
    };
    child.kill().expect("it is running");
    child.wait().expect("it can be waited for");
    assert_eq!(answer, "2\n");
}

#[test]
fn a_default_run_directory_is_made_and_found_again() {
    let host = Host::new();
    if std::path::Path::new("/run/netdata").is_dir() {
        // On such a host the default is a directory that is not the test's.
        return;
    }
    let mut serve = netipc("serve increment");
    let provider = Provider::start(serve.env("XDG_RUNTIME_DIR", host.path()));
    assert_eq!(provider.socket, host.path().join("netipc/increment.sock"));
    assert_eq!(files(host.path()), ["netipc"]);
    let output = run(netipc("call increment 1").env("XDG_RUNTIME_DIR", host.path()));
    assert_eq!(output.succeeded().stdout, "2\n");
}

#[test]
fn a_long_text_is_reversed_too() {
    let host = Host::new();
    let _provider = host.serve("string-reverse");
    let text = format!("{}{}", "a".repeat(50_000), "b".repeat(50_000));
    let output = run(host.netipc("call string-reverse").arg(&text)).succeeded();
    assert_eq!(output.stdout, format!("{}{}\n", "b".repeat(50_000), "a".repeat(50_000)));
}

#[test]
fn a_provider_that_was_told_to_takes_no_long_text() {
    let host = Host::new();
    let _provider = host.serve("string-reverse --max-request-payload 1024");
    let text = "x".repeat(2_000);
    run(host.netipc("call string-reverse").arg(&text)).failed(1);
    let text = "x".repeat(1_024 - 9);
    assert_eq!(run(host.netipc("call string-reverse").arg(&text)).succeeded().stdout, format!("{text}\n"));
}

#[test]
fn layout_shows_the_bytes_of_every_service() {
    for (service, lines) in [
        ("increment", &["Increment: 8 bytes, method 1", "   0     8  value  u64, The number."][..]),
        ("string-reverse", &["StringReverse: 8 bytes, method 3"]),
        ("cgroups-snapshot", &["CgroupsSnapshotRequest: 4 bytes, method 2", "Cgroup: 32 bytes"]),
        (
            "cgroups-lookup",
            &["CgroupsLookup: 16 bytes, method 4", "CgroupLookupItem: 28 bytes", "Label: 16 bytes"],
        ),
        ("apps-lookup", &["Pid: 8 bytes", "AppLookupItem: 60 bytes", "  20     4  reserved        0"]),
        ("ip-to-asn", &["IpToAsn: 16 bytes, method 32769", "Address: 16 bytes", "Network: 48 bytes"]),
        ("pid-traffic", &["PidTraffic: 24 bytes, method 32770", "ProcessTraffic: 56 bytes"]),
    ] {
        let text = run(&mut netipc(&format!("layout {service}"))).succeeded().stdout;
        for line in lines {
            assert!(text.lines().any(|found| found == *line), "{service}: {line}: {text}");
        }
        let json = run(&mut netipc(&format!("layout {service} --json"))).succeeded().json();
        assert!(json["request"]["method"].is_u64() && json["response"]["fields"].is_array(), "{service}");
    }
}

#[test]
fn layout_shows_bytes_without_a_provider() {
    let text = run(&mut netipc("layout cgroups-snapshot")).succeeded().stdout;
    assert!(text.contains("CgroupsSnapshot: 24 bytes"), "{text}");
    assert!(text.contains("Cgroup: 32 bytes"), "{text}");
    let json: Value = run(&mut netipc("layout increment --json")).succeeded().json();
    assert_eq!(json["request"]["fields"][0]["name"], "value");
}
