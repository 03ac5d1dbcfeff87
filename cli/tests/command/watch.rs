//! `netipc watch`, as programs and pipes see it.

use std::process::{Child, Stdio};

use rustix::process::{Signal, kill_process};
use serde_json::json;

use crate::cgroups::{Cgroups, cgroup};
use crate::running::{Host, Lines, finish, pid, read_one_line};

/// A watch that looks often, and does not end by itself.
fn watch(host: &Host, options: &str) -> (Child, Lines) {
    let mut command = host.netipc(&format!("watch cgroups-snapshot --interval 20ms {options}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let lines = Lines::of(&mut child);
    (child, lines)
}

fn interrupt(child: Child) {
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    let output = finish(child);
    assert_eq!((output.code(), output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn each_change_is_a_line() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    let _server = cgroups.serve(host.path());
    let (child, lines) = watch(&host, "");
    assert_eq!(lines.next(), "2 cgroups, managed by systemd, generation 1");
    cgroups.change(|list| list.push(cgroup(9, "new\x1b[2J", "/new")));
    assert_eq!(lines.next(), "+ 00000009  enabled 1  options 1  new\\u{1b}[2J  /new");
    cgroups.change(|list| list[1].enabled = 0);
    assert_eq!(lines.next(), "~ 00000007  enabled 1 -> 0  options 1  web  /sys/fs/cgroup/web");
    cgroups.change(|list| list[1].path = "/elsewhere".into());
    assert_eq!(lines.next(), "~ 00000007  enabled 0  options 1  web  /sys/fs/cgroup/web -> /elsewhere");
    cgroups.change(|list| drop(list.remove(0)));
    assert_eq!(lines.next(), "- 31f0b262  enabled 1  options 1  foobar  /sys/fs/cgroup/foobar");
    interrupt(child);
    assert_eq!(lines.rest(), Vec::<String>::new());
    assert_eq!(host.files(), ["cgroups-snapshot.sock"], "nothing of its own is left");
}

#[test]
fn each_change_is_an_event() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    let _server = cgroups.serve(host.path());
    let item = |enabled: u32| json!({ "hash": 7, "options": 1, "enabled": enabled, "name": "web", "path": "/sys/fs/cgroup/web" });
    let (child, lines) = watch(&host, "--json");
    let first = lines.next_json();
    assert_eq!(
        (&first["event"], &first["generation"], &first["systemd_enabled"]),
        (&json!("snapshot"), &json!(1), &json!(1))
    );
    assert_eq!(first["items"][1], item(1));
    cgroups.change(|list| list[1].enabled = 0);
    assert_eq!(
        lines.next_json(),
        json!({ "event": "changed", "generation": 2, "item": item(0), "before": item(1) })
    );
    cgroups.change(|list| drop(list.pop()));
    assert_eq!(lines.next_json(), json!({ "event": "removed", "generation": 3, "item": item(0) }));
    cgroups.change(|list| list.push(cgroup(7, "web", "/sys/fs/cgroup/web")));
    assert_eq!(lines.next_json(), json!({ "event": "added", "generation": 4, "item": item(1) }));
    interrupt(child);
}

#[test]
fn while_the_provider_is_gone_the_snapshot_is_stale_and_later_it_goes_on() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    let server = cgroups.serve(host.path());
    let ((people, text), (programs, events)) = (watch(&host, ""), watch(&host, "--json"));
    text.next();
    events.next();
    server.stop();
    let line = text.next();
    assert!(line.starts_with("stale for ") && line.contains("cgroups-snapshot"), "{line}");
    let stale = events.next_json();
    assert_eq!(stale["event"], "stale");
    assert!(stale["error"].as_str().is_some_and(|why| why.contains("cgroups-snapshot")), "{stale}");
    // It restarts, and has changed meanwhile.
    cgroups.change(|list| drop(list.remove(0)));
    let _server = cgroups.serve(host.path());
    let line = text.next();
    assert!(line.starts_with("fresh again after "), "{line}");
    assert!(text.next().starts_with("- 31f0b262 "));
    let fresh = events.next_json();
    assert!(fresh["event"] == "fresh" && fresh["stale_ms"].is_u64(), "{fresh}");
    assert_eq!(events.next_json()["event"], "removed");
    interrupt(people);
    interrupt(programs);
}

#[test]
fn it_looks_as_often_as_it_was_told_to() {
    let host = Host::new();
    let _server = Cgroups::new().serve(host.path());
    for count in [1, 3] {
        let output = host.run(&format!("watch cgroups-snapshot -i 1ms -c {count}")).succeeded();
        assert_eq!(output.stdout, "2 cgroups, managed by systemd, generation 1\n");
    }
}

#[test]
fn it_ends_when_whoever_reads_it_has_gone_although_nothing_changes() {
    let host = Host::new();
    let _provider = host.serve("cgroups-snapshot");
    let line = read_one_line(&mut host.netipc("watch cgroups-snapshot --interval 60m"));
    assert!(line.contains(" cgroups, "), "{line}");
}
