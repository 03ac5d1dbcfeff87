//! The services that are read from the host, on hosts that are made of files and on this one.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};

use crate::running::{Host, Provider, WATCHDOG};

/// A file below the directory that stands for a host's root.
fn file(root: &Host, path: &str, content: &str) {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    fs::write(path, content).expect("a file");
}

/// The root of a host with cgroup v2, and cgroups that have processes.
fn host_root(cgroups: &[&str]) -> Host {
    let root = Host::new();
    file(&root, "proc/1/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    for cgroup in cgroups {
        file(&root, &format!("sys/fs/cgroup/{cgroup}/cgroup.events"), "populated 1\n");
    }
    root
}

fn serve(host: &Host, root: &Host, service: &str) -> Provider {
    Provider::start(host.netipc(&format!("serve {service}")).arg("--host-root").arg(root.path()))
}

#[test]
fn containers_have_their_names_in_a_snapshot() {
    let id = "0123456789abcdef".repeat(4);
    let (known, unknown) = (format!("docker/{id}"), format!("docker/{}", id.replace('0', "f")));
    let root = host_root(&["docker", &known, &unknown]);
    file(&root, &format!("var/lib/docker/containers/{id}/config.v2.json"), r#"{"Name":"/web"}"#);
    let host = Host::new();
    let _provider = serve(&host, &root, "cgroups-snapshot");
    let answer = host.run("call cgroups-snapshot --json").succeeded().json();
    let names: Vec<&Value> =
        answer["items"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["docker", "web", "f123456789ab"]);
}

#[test]
fn a_provider_without_cgroups_does_not_start() {
    let (host, root) = (Host::new(), Host::new());
    for service in ["cgroups-snapshot", "cgroups-lookup"] {
        let run = || {
            let mut command = host.netipc(&format!("serve {service}"));
            crate::running::run(command.arg("--host-root").arg(root.path()))
        };
        let _ = fs::remove_dir_all(root.path().join("proc"));
        let message = run().failed(1);
        assert!(
            message.contains("cannot look for cgroups: ")
                && message.contains("proc/1/mountinfo: No such file"),
            "{message}"
        );
        file(&root, "proc/1/mountinfo", "");
        let message = run().failed(1);
        assert!(message.contains("no cgroup file system is mounted"), "{message}");
        assert!(host.files().is_empty(), "nothing is left behind");
    }
}

#[test]
fn a_host_without_proc_has_no_processes_and_no_traffic() {
    let (host, root) = (Host::new(), Host::new());
    for (service, message) in [
        ("apps-lookup", "cannot look for processes: "),
        ("pid-traffic", "cannot read the counters of sockets: "),
    ] {
        let mut command = host.netipc(&format!("serve {service}"));
        let said = crate::running::run(command.arg("--host-root").arg(root.path())).failed(1);
        assert!(said.contains(message) && said.contains("/proc: No such file"), "{said}");
        assert!(host.files().is_empty(), "nothing is left behind");
    }
}

#[test]
fn a_path_tells_what_its_cgroup_is() {
    let id = "0123456789abcdef".repeat(4);
    let known = format!("docker/{id}");
    let root = host_root(&["docker", &known]);
    file(
        &root,
        &format!("var/lib/docker/containers/{id}/config.v2.json"),
        r#"{"Name":"/web","Config":{"Labels":{"app":"shop"}}}"#,
    );
    let host = Host::new();
    let _provider = serve(&host, &root, "cgroups-lookup --refresh 60");
    let answer = host.run(&format!("call cgroups-lookup /{known} /later --json")).succeeded().json();
    let labels = json!([{ "key": "app", "value": "shop" }]);
    assert_eq!(
        answer["items"],
        json!([
            { "status": 0, "orchestrator": 2, "path": format!("/{known}"), "name": "web", "labels": labels },
            { "status": 1, "orchestrator": 0, "path": "/later", "name": "", "labels": [] },
        ])
    );
}

#[test]
fn every_cgroup_of_this_hosts_snapshot_is_known_by_its_path() {
    let host = Host::new();
    let (_snapshot, _lookup) = (host.serve("cgroups-snapshot"), host.serve("cgroups-lookup --refresh 0"));
    let snapshot = host.run("call cgroups-snapshot --json").succeeded().json();
    let items = snapshot["items"].as_array().expect("a list");
    for item in items.iter().take(20) {
        // One that is not UTF-8 is no argument here.
        let Some(path) = item["path"].as_str() else { continue };
        let mut call = host.netipc("call cgroups-lookup --json");
        let found = crate::running::run(call.arg(path)).succeeded().json();
        // It may be gone by now.
        if fs::exists(path).is_ok_and(|there| there) {
            assert_eq!(found["items"][0]["status"], 0, "{path}");
        }
    }
}

#[test]
fn a_process_of_this_host_is_known() {
    let host = Host::new();
    let provider = host.serve("apps-lookup --refresh 0");
    let pid = provider.pid().as_raw_nonzero();
    let answer = host.run(&format!("call apps-lookup {pid} 0 --json")).succeeded().json();
    let items = &answer["items"];
    assert_eq!((&items[0]["status"], &items[0]["comm"]), (&json!(0), &json!("netipc")));
    assert_eq!(items[0]["ppid"], std::process::id());
    assert_eq!(items[1]["status"], 1);
}

#[test]
fn an_address_belongs_to_a_network_of_the_database() {
    let host = Host::new();
    let _provider =
        host.serve(concat!("ip-to-asn --db ", env!("CARGO_MANIFEST_DIR"), "/data/documentation-ranges.tsv"));
    let answer = host.run("call ip-to-asn 198.51.100.130 2001:db8::1 8.8.8.8 --json").succeeded().json();
    let network = |status, prefix_len, address: &str, asn, country: &str, organisation: &str| {
        json!({ "status": status, "prefix_len": prefix_len, "address": address, "asn": asn, "country": country,
                "organisation": organisation })
    };
    assert_eq!(
        answer["items"],
        json!([
            network(0, 26, "198.51.100.130", 64511, "ZZ", "A customer within TEST-NET-2"),
            network(0, 32, "2001:db8::1", 65536, "ZZ", "Documentation"),
            network(1, 0, "8.8.8.8", 0, "", ""),
        ])
    );
    let table = host.run("call ip-to-asn 192.0.2.1").succeeded().stdout;
    let row: Vec<_> = table.lines().nth(1).expect("a row").split_whitespace().collect();
    assert_eq!(row, ["192.0.2.1", "Known", "/24", "64496", "ZZ", "TEST-NET-1"]);
    assert_eq!(host.run("call ip-to-asn localhost").code(), Some(2));
}

#[test]
fn a_database_that_is_no_good_is_refused() {
    let (host, root) = (Host::new(), Host::new());
    let db = root.path().join("db");
    let serve = || crate::running::run(host.netipc("serve ip-to-asn --db").arg(&db));
    assert!(serve().failed(1).contains("db cannot be read: No such file"));
    file(&root, "db", "192.0.2.0\t192.0.2.255\tAS1\tZZ\tx\n");
    let message = serve().failed(1);
    assert!(message.contains("line 1: the third column is no AS number"), "{message}");
    fs::write(&db, b"\x1f\x8b\x08").expect("a file");
    assert!(serve().failed(1).contains("db is compressed; it has to be unpacked first"));
    file(&root, "db", "");
    assert!(serve().failed(1).contains("it has no ranges"));
    assert!(host.files().is_empty(), "nothing is left behind");
}

#[test]
fn a_database_that_is_replaced_is_used_and_one_that_is_no_good_is_not() {
    let (host, root) = (Host::new(), Host::new());
    let line = |asn: u32| format!("192.0.2.0\t192.0.2.255\t{asn}\tZZ\tx\n");
    let replace = |content: &str| {
        file(&root, "new", content);
        fs::rename(root.path().join("new"), root.path().join("db")).expect("the same directory");
    };
    replace(&line(1));
    let mut provider = Provider::start(
        host.netipc("serve ip-to-asn --refresh 0 --db").arg(root.path().join("db")).stderr(Stdio::piped()),
    );
    let asn = || {
        let answer = host.run("call ip-to-asn ::ffff:192.0.2.7 --json").succeeded().json();
        (answer["items"][0]["asn"].as_u64(), answer["generation"].as_u64())
    };
    let first = asn();
    assert_eq!(first.0, Some(1));
    replace("junk");
    assert_eq!(asn(), first, "this call begins the reading");
    let complaint = provider.complaint();
    assert!(complaint.contains("the one before stays in use"), "{complaint}");
    assert_eq!(asn(), first);
    replace(&line(2));
    let start = Instant::now();
    loop {
        let now = asn();
        if now.0 == Some(2) {
            assert!(now.1 > first.1, "{now:?}");
            break;
        }
        assert_eq!(now, first);
        assert!(start.elapsed() < WATCHDOG, "it hangs");
    }
}

#[test]
fn a_process_has_sent_what_it_wrote_to_its_connections() {
    let host = Host::new();
    let _provider = host.serve("pid-traffic --refresh 0");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let mut near = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
    let (mut far, _) = listener.accept().expect("it is connected");
    near.write_all(&[7; 5000]).expect("it is connected");
    far.read_exact(&mut [0; 5000]).expect("it was written");
    let own = || {
        let answer = host.run("call pid-traffic --json").succeeded().json();
        let processes = answer["processes"].as_array().expect("a list");
        let own =
            processes.iter().find(|one| one["pid"] == std::process::id()).expect("it has sent something");
        let counter = |name: &str| own[name].as_u64().expect("a number");
        [
            counter("bytes_sent"),
            counter("bytes_received"),
            counter("packets_sent"),
            counter("packets_received"),
        ]
    };
    let open = own();
    assert!(open[0] >= 5000 && open[1] >= 5000 && open[2] > 0 && open[3] > 0, "{open:?}");
    // What it carries between the last reading and its end counts, too; the kernel tells it a moment later.
    near.write_all(&[7; 3000]).expect("it is connected");
    far.read_exact(&mut [0; 3000]).expect("it was written");
    drop((near, far));
    let (start, mut before) = (Instant::now(), open);
    loop {
        let now = own();
        assert!(before.iter().zip(now).all(|(before, now)| *before <= now), "{before:?} {now:?}");
        if now[0] >= open[0] + 3000 && now[1] >= open[1] + 3000 {
            break;
        }
        assert!(start.elapsed() < WATCHDOG, "{open:?} {now:?}");
        before = now;
    }
    let table = host.run("call pid-traffic").succeeded().stdout;
    assert!(table.trim_start().starts_with("PID  COMM"), "{table}");
    assert!(table.lines().last().is_some_and(|line| line.contains("generation")), "{table}");
}
