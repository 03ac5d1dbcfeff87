//! What is done with snapshots: `netipc call`, `netipc watch`, `netipc lookup`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::{Value, json};

use crate::cgroups::{Cgroups, cgroup};
use crate::running::{Running, WATCHDOG, finish, netipc, place, printed, refused, run, succeeded};

/// Lines as they come.
fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    receiver
}

#[test]
fn a_snapshot_is_called_for() {
    let dir = place();
    let _server = Cgroups::new().serve(dir.path());
    let table = printed(dir.path(), &["call", "cgroups-snapshot"]);
    assert!(table.contains("foobar") && table.contains("2 cgroups"), "{table}");
}

#[test]
fn it_looks_as_often_as_it_was_told_to() {
    let dir = place();
    let _server = Cgroups::new().serve(dir.path());
    let said = printed(dir.path(), &["watch", "cgroups-snapshot", "--interval", "20ms", "--count", "3"]);
    assert_eq!(said, "2 cgroups, managed by systemd, generation 1\n");
}

#[test]
fn each_change_is_an_event_while_it_watches() {
    let dir = place();
    let cgroups = Cgroups::new();
    let server = cgroups.serve(dir.path());
    let mut watch = netipc(dir.path(), &["watch", "cgroups-snapshot", "--interval", "20ms", "--json"]);
    let mut watch = Running(watch.spawn().unwrap());
    let lines = lines(&mut watch.0);
    let next = || -> Value { serde_json::from_str(&lines.recv_timeout(WATCHDOG).unwrap()).unwrap() };
    assert_eq!(next()["event"], json!("snapshot"));
    cgroups.change(|list| list.push(cgroup(9, "new", "/new")));
    let added = next();
    assert_eq!((&added["event"], &added["item"]["name"]), (&json!("added"), &json!("new")));
    drop(server);
    assert_eq!(next()["event"], json!("stale"));
    let _server = cgroups.serve(dir.path());
    while next()["event"] != json!("fresh") {}
}

#[test]
fn watching_needs_a_provider_and_a_snapshot() {
    let dir = place();
    let message = refused(dir.path(), &["watch", "cgroups-snapshot", "--count", "1"], 1);
    assert!(message.contains("no provider of cgroups-snapshot"), "{message}");
    refused(dir.path(), &["watch", "increment"], 2);
}

#[test]
fn items_are_looked_up_by_name_and_by_hash() {
    let dir = place();
    let _server = Cgroups::new().serve(dir.path());
    let arguments = ["lookup", "cgroups-snapshot", "foobar", "0x7:web", "--json"];
    let found = succeeded(dir.path(), &arguments).json();
    assert_eq!(found["items"], json!(2));
    assert_eq!(found["lookups"][0]["item"]["path"], json!("/sys/fs/cgroup/foobar"));
    assert_eq!(found["lookups"][1]["item"]["hash"], json!(7));
    let output = run(dir.path(), &["lookup", "cgroups-snapshot", "nobody"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stdout.contains("not there"), "{output:?}");
}

#[test]
fn keys_come_from_stdin_where_there_are_none_on_the_command_line() {
    let dir = place();
    let _server = Cgroups::new().serve(dir.path());
    let mut command = netipc(dir.path(), &["lookup", "cgroups-snapshot"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"foobar\r\n").unwrap();
    let output = finish(child);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stdout.contains("1 of 1 found"), "{output:?}");
}
