//! Lookups from the command line, with a provider in this process.

use std::io::Write;
use std::process::Stdio;

use netipc::messages::{CgroupLookupItemRef, CgroupsLookup, CgroupsLookupRequest, PathStatus};
use netipc::{Endpoint, Server, ServerConfig};
use serde_json::json;

use crate::apps;
use crate::running::{Host, Output, finish};

/// Knows every path but those with an x, in responses of a few items.
fn cgroups(host: &Host) -> Server<CgroupsLookupRequest, CgroupsLookup> {
    let config = ServerConfig { max_response_payload_bytes: 1_024, ..ServerConfig::default() };
    let endpoint = Endpoint::new(host.path(), "cgroups-lookup").expect("a short path");
    Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(endpoint, config, |request, response, _| {
        response.generation(9);
        for key in request.paths() {
            let path = key.path();
            let known = !path.contains(&b'x');
            response.items().push(CgroupLookupItemRef {
                status: if known { PathStatus::Known } else { PathStatus::UnknownPermanent },
                path,
                name: if known { b"web" } else { b"" },
                ..CgroupLookupItemRef::default()
            })?;
        }
        Ok(())
    })
    .expect("the endpoint is free")
}

fn with_stdin(host: &Host, arguments: &str, text: &str) -> Output {
    let mut command = host.netipc(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("it has one").write_all(text.as_bytes()).expect("it reads");
    finish(child)
}

#[test]
fn json_has_the_fields_that_decode_shows() {
    let host = Host::new();
    let _server = cgroups(&host);
    let answer = host.run("call cgroups-lookup /a /x --json").succeeded().json();
    assert_eq!(
        answer,
        json!({ "generation": 9, "items": [
            { "status": 0, "orchestrator": 0, "path": "/a", "name": "web", "labels": [] },
            { "status": 2, "orchestrator": 0, "path": "/x", "name": "", "labels": [] },
        ] })
    );
}

#[test]
fn keys_come_from_stdin_where_there_are_none_on_the_command_line() {
    let host = Host::new();
    let _server = cgroups(&host);
    let paths: Vec<_> = (0..300).map(|index| format!("/{index}")).collect();
    let answer = with_stdin(&host, "call cgroups-lookup --json", &paths.join("\n")).succeeded().json();
    let echoed: Vec<_> =
        answer["items"].as_array().expect("a list").iter().map(|item| item["path"].clone()).collect();
    assert_eq!(echoed, paths);
    let answer = with_stdin(&host, "call cgroups-lookup --json -", "/a\n").succeeded().json();
    assert_eq!(answer["items"][0]["path"], "/a");
    let empty = with_stdin(&host, "call cgroups-lookup --json", "").succeeded().json();
    assert_eq!(empty, json!({ "generation": 9, "items": [] }));
}

#[test]
fn people_get_a_table_and_a_summary() {
    let host = Host::new();
    let _server = apps::serve(&host, |_| 9);
    let shown = with_stdin(&host, "call apps-lookup", "1\n22\n").succeeded().stdout;
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[0].contains("PID") && lines[1].contains("init") && lines[2].contains("22"), "{shown}");
    assert_eq!(lines.last(), Some(&"2 processes, generation 9"));
    let json = host.run("call apps-lookup 7 --json").succeeded().json();
    assert_eq!((&json["items"][0]["pid"], &json["items"][0]["comm"]), (&json!(7), &json!("init")));
}

#[test]
fn what_cannot_be_a_key_is_named() {
    let host = Host::new();
    let (_cgroups, _apps) = (cgroups(&host), apps::serve(&host, |_| 9));
    let message = with_stdin(&host, "call cgroups-lookup", "/a\n\n/b\n").failed(2);
    assert!(message.contains("line 2 of stdin is no cgroup's path"), "{message}");
    let message = with_stdin(&host, "call apps-lookup", "1\nbash\n").failed(2);
    assert!(message.contains("line 2"), "{message}");
    for pid in ["4294967296", "-1", "bash"] {
        let message = host.run(&format!("call apps-lookup {pid}")).failed(2);
        assert!(message.contains(&format!("this is no process ID: \"{pid}\"")), "{message}");
    }
}
