//! What is said, and with which status, when it does not work.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use rustix::process::Signal;

use crate::running::{Host, Provider, finish, netipc, run};

/// A call of every service.
const CALLS: [&str; 7] = [
    "cgroups-snapshot",
    "cgroups-lookup /a",
    "apps-lookup 1",
    "ip-to-asn 192.0.2.1",
    "pid-traffic",
    "increment 1",
    "string-reverse x",
];

#[test]
fn without_a_provider_one_sentence_says_so() {
    let host = Host::new();
    for service in CALLS {
        let message = host.run(&format!("call {service}")).failed(1);
        assert!(message.contains("there is no provider of"), "{message}");
        assert!(message.contains(host.path().to_str().expect("UTF-8")), "{message}");
    }
    assert!(host.files().is_empty(), "a caller makes nothing");
}

#[test]
fn a_socket_that_nobody_listens_on_is_no_provider() {
    let host = Host::new();
    host.serve("increment").stop(Signal::KILL);
    assert!(host.run("call increment 1").failed(1).contains("there is no provider"));
}

#[test]
fn a_run_directory_that_does_not_exist_has_no_provider_and_takes_none() {
    let host = Host::new();
    let gone = format!("--run-dir {}/gone", host.path().display());
    assert!(host.run(&format!("call increment 1 {gone}")).failed(1).contains("there is no provider"));
    let message = host.run(&format!("serve increment {gone}")).failed(1);
    assert!(message.contains(&format!("make it (mkdir -m 755 {}/gone)", host.path().display())), "{message}");
}

#[test]
fn a_wrong_token_is_refused() {
    let host = Host::new();
    for call in CALLS {
        let service = call.split(' ').next().expect("a name");
        let db = concat!(" --db ", env!("CARGO_MANIFEST_DIR"), "/data/documentation-ranges.tsv");
        let db = if service == "ip-to-asn" { db } else { "" };
        let _provider = host.serve(&format!("{service}{db} --auth-token 1"));
        let message = host.run(&format!("call {call} --auth-token 2")).failed(1);
        assert!(message.contains("refuses the token") && message.contains("--auth-token"), "{message}");
        host.run(&format!("call {call}")).failed(1);
        host.run(&format!("call {call} --auth-token 1")).succeeded();
    }
}

#[test]
fn bad_usage_has_status_2_and_starts_nothing() {
    let host = Host::new();
    for line in [
        "",
        "nothing",
        "call",
        "call increment",
        "call increment x",
        "serve",
        "serve nothing",
        "call nothing",
        "call cgroups-snapshot x",
        "call apps-lookup -1",
        "call ip-to-asn 1.2.3",
        "serve ip-to-asn",
        "serve pid-traffic --refresh x",
        "serve increment --profile tcp",
        "serve increment --auth-token secret",
        "layout nothing",
        "demo --calls 0",
        "decode",
        "decode increment",
        "decode nothing 00",
        "decode increment 0g",
        "decode increment 000",
        "decode increment 00 00",
        "decode batch_payload 00",
        "decode increment 0000000000000000 --item-count 1",
        "encode",
        "encode increment",
        "encode increment {",
        "encode increment {} --json",
    ] {
        let output = host.run(line);
        assert_eq!(output.code(), Some(2), "{line}: {output:?}");
        assert_eq!(output.stdout, "", "{line}");
        assert!(!output.stderr.is_empty(), "{line}");
    }
    assert!(host.files().is_empty());
}

#[test]
fn a_service_name_that_is_none_is_bad_usage() {
    let host = Host::new();
    for command in ["serve increment --service a/b", "call increment 1 --service .."] {
        assert!(host.run(command).failed(2).contains("service name"));
    }
}

#[test]
fn a_path_too_long_for_a_socket_is_bad_usage() {
    let host = Host::new();
    let name = "n".repeat(200);
    assert!(host.run(&format!("serve increment --service {name}")).failed(2).contains("socket path"));
    let output =
        run(netipc(&format!("serve increment --service {name}")).env("XDG_RUNTIME_DIR", host.path()));
    output.failed(2);
    assert!(host.files().is_empty(), "no run directory is made for it");
}

#[test]
fn a_provider_where_everybody_could_be_one_says_so() {
    let host = Host::new();
    let mode = |mode| fs::set_permissions(host.path(), Permissions::from_mode(mode)).expect("its mode");
    for (bits, said) in [(0o757, true), (0o755, false)] {
        mode(bits);
        let mut provider = Provider::start(host.netipc("serve increment").stderr(Stdio::piped()));
        provider.signal(Signal::TERM);
        let warning = format!("chmod o-w {}", host.path().display());
        let complaint = provider.complaint();
        assert_eq!(complaint.contains(&warning), said, "{bits:o}: {complaint:?}");
    }
}

#[test]
fn a_provider_that_is_full_is_told_with_what_helps() {
    let host = Host::new();
    let _provider = host.serve("increment --max-request-payload 100");
    let message = host.run("call increment 1").failed(1);
    assert!(message.contains("no further client; end some of its clients"), "{message}");
}

#[test]
fn a_second_provider_is_told_that_the_name_is_in_use_and_the_first_lives_on() {
    let host = Host::new();
    let _provider = host.serve("increment");
    let message = host.run("serve increment").failed(1);
    assert!(message.contains("is in use by another server"), "{message}");
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n");
}

#[test]
fn a_provider_of_something_else_is_an_error() {
    let host = Host::new();
    let _provider = host.serve("increment");
    let message = host.run("call string-reverse x --service increment").failed(1);
    assert!(message.contains("UNSUPPORTED: it serves another method; is --service right?"), "{message}");
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n", "the provider lives on");
}

#[test]
fn a_provider_that_does_not_answer_costs_no_more_than_the_timeout() {
    let host = Host::new();
    let provider = host.serve("increment");
    provider.signal(Signal::STOP);
    let message = host.run("call increment 1 --timeout 200ms").failed(1);
    assert!(message.contains("in time") || message.contains("deadline"), "{message}");
    provider.signal(Signal::CONT);
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n");
}

#[test]
fn a_response_that_does_not_fit_is_an_error_and_never_a_shorter_list() {
    let host = Host::new();
    // A snapshot of nothing has 24 bytes.
    let _provider = host.serve("cgroups-snapshot --max-response-payload 16");
    let message = host.run("call cgroups-snapshot").failed(1);
    assert!(message.contains("does not fit") && message.contains("--max-response-payload"), "{message}");
}

#[test]
fn a_default_run_directory_that_is_not_private_is_refused() {
    if std::path::Path::new("/run/netdata").is_dir() {
        // On such a host the default is a directory that is not the test's.
        return;
    }
    let host = Host::new();
    symlink("/tmp", host.path().join("netipc")).expect("a symbolic link");
    for command in ["serve increment", "call increment 1"] {
        let message = run(netipc(command).env("XDG_RUNTIME_DIR", host.path())).failed(1);
        assert!(message.contains("it is a symbolic link"), "{message}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let host = Host::new();
    let _provider = host.serve("cgroups-snapshot");
    for command in [
        "call cgroups-snapshot",
        "call cgroups-snapshot --json",
        "layout cgroups-snapshot",
        "layout cgroups-snapshot --json",
        "decode increment 0000000000000000",
        "demo --calls 10",
        "list",
        "list --json",
        "clean --dry-run",
        "doctor",
        "--help",
    ] {
        let mut child =
            host.netipc(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = finish(child);
        assert_eq!((output.code(), output.stderr.as_str()), (Some(0), ""), "{command}");
    }
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        // Not every system has one.
        return;
    };
    let child = netipc("layout increment").stdout(full).stderr(Stdio::piped()).spawn().expect("it starts");
    assert!(finish(child).failed(1).contains("cannot write to stdout"));
}
