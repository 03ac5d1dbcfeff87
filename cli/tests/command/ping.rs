//! `netipc ping`

use std::process::{Child, Stdio};

use netipc::messages::Increment;
use netipc::{Endpoint, Server, ServerConfig};
use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::running::{Host, Lines, finish, pid, read_one_line};
use crate::transcript::{assert_shown, measured, transcript};

fn start(host: &Host, arguments: &str) -> Child {
    let mut command = host.netipc(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn objects(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// An increment server in this process.
fn serve(host: &Host) -> Server<Increment, Increment> {
    let endpoint = Endpoint::new(host.path(), "increment").expect("a short path");
    Server::<Increment, Increment>::spawn(endpoint, ServerConfig::default(), |request, response, _| {
        response.value(request.value().wrapping_add(1));
        Ok(())
    })
    .expect("the endpoint is free")
}

#[test]
fn each_answer_is_a_line_and_the_end_a_summary() {
    let host = Host::new();
    let _provider = host.serve("increment");
    let lines = [
        "ping increment --count 3 --interval 1ms --profile baseline",
        "ping increment --count 2 --interval 0 --profile baseline --json",
    ];
    assert_shown!("ping", transcript(&host, &lines), measured());
}

#[test]
fn every_service_answers() {
    let host = Host::new();
    let database = concat!("--db ", env!("CARGO_MANIFEST_DIR"), "/data/documentation-ranges.tsv");
    for (service, options) in [
        ("increment", ""),
        ("string-reverse", ""),
        ("cgroups-snapshot", ""),
        ("cgroups-lookup", ""),
        ("apps-lookup", ""),
        ("ip-to-asn", database),
        ("pid-traffic", ""),
    ] {
        let _provider = host.serve(&format!("{service} {options}"));
        let output = host.run(&format!("ping {service} -c 2 -i 0 --json")).succeeded();
        let objects = objects(&output.stdout);
        assert_eq!(objects.len(), 3, "{service}: {output:?}");
        assert_eq!((&objects[2]["sent"], &objects[2]["answered"]), (&2.into(), &2.into()), "{service}");
    }
}

#[test]
fn the_summary_fits_the_answers() {
    let host = Host::new();
    let _server = serve(&host);
    let output = host.run("ping increment -c 50 -i 0 --json").succeeded();
    let mut objects = objects(&output.stdout);
    let summary = objects.pop().expect("the last line");
    let times: Vec<_> = objects.iter().map(|answer| answer["ns"].as_u64().expect("a number")).collect();
    assert_eq!((times.len(), &summary["answered"], &summary["lost"]), (50, &50.into(), &0.into()));
    assert_eq!(summary["min_ns"].as_u64(), times.iter().min().copied());
    assert_eq!(summary["max_ns"].as_u64(), times.iter().max().copied());
    assert_eq!(summary["avg_ns"].as_u64(), Some(times.iter().sum::<u64>() / 50));
    assert!(summary["p99_ns"].as_u64() <= summary["max_ns"].as_u64());
    let numbers: Vec<_> = objects.iter().map(|answer| answer["seq"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

#[test]
fn ctrl_c_ends_it_with_the_summary_and_status_0() {
    for signal in [Signal::INT, Signal::TERM] {
        let host = Host::new();
        let _server = serve(&host);
        // Longer than the test: the signal is not waited for.
        let mut child = start(&host, "ping increment --interval 3600 --json");
        let lines = Lines::of(&mut child);
        assert_eq!(lines.next_json()["seq"], 1);
        kill_process(pid(child.id()), signal).expect("it is running");
        let summary = lines.next_json();
        assert_eq!(
            (&summary["sent"], &summary["answered"], &summary["lost"]),
            (&1.into(), &1.into(), &0.into())
        );
        let output = finish(child);
        assert_eq!((output.code(), output.stderr.as_str()), (Some(0), ""), "{signal:?}");
        assert_eq!(host.files(), ["increment.sock"], "nothing of its own is left");
    }
}

#[test]
fn ctrl_c_ends_it_while_it_waits_for_an_answer() {
    let host = Host::new();
    let provider = host.serve("increment");
    let mut child = start(&host, "ping increment --interval 0 --timeout 3600 --json --profile baseline");
    let lines = Lines::of(&mut child);
    lines.next_json();
    provider.signal(Signal::STOP);
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    let summary = loop {
        let object = lines.next_json();
        if object["sent"].is_u64() {
            break object;
        }
    };
    assert_eq!(summary["lost"], 0, "{summary}");
    assert_eq!(finish(child).code(), Some(0));
}

#[test]
fn what_does_not_answer_in_time_is_lost_and_the_status_is_1() {
    let host = Host::new();
    let provider = host.serve("increment");
    // Its handshake is done by a thread that is stopped, too; so the session has to be there before.
    let mut child = start(&host, "ping increment --interval 50ms --timeout 200ms --json --profile baseline");
    let lines = Lines::of(&mut child);
    lines.next_json();
    provider.signal(Signal::STOP);
    let lost = loop {
        let object = lines.next_json();
        if object["error"].is_string() {
            break object;
        }
    };
    assert!(lost["error"].as_str().is_some_and(|why| why.contains("deadline")), "{lost}");
    provider.signal(Signal::CONT);
    let back = loop {
        let object = lines.next_json();
        if object["ns"].is_u64() {
            break object;
        }
    };
    assert_eq!(back["reconnected"], true, "{back}");
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    assert_eq!(finish(child).code(), Some(0));
}

#[test]
fn without_any_answer_the_status_is_1() {
    let host = Host::new();
    let _provider = host.serve("increment");
    // A provider of something else answers, but not this.
    let output = host.run("ping string-reverse --service increment -c 2 -i 0 --json");
    assert_eq!((output.code(), output.stderr.as_str()), (Some(1), ""), "{output:?}");
    let objects = objects(&output.stdout);
    assert!(objects[0]["error"].as_str().is_some_and(|why| why.contains("UNSUPPORTED")), "{output:?}");
    let summary = &objects[2];
    assert_eq!(
        (&summary["answered"], &summary["lost"], &summary["min_ns"]),
        (&0.into(), &2.into(), &Value::Null)
    );
}

#[test]
fn a_provider_that_restarts_is_found_again_and_that_is_said() {
    let host = Host::new();
    let server = serve(&host);
    let mut child = start(&host, "ping increment --interval 20ms --profile baseline");
    let lines = Lines::of(&mut child);
    assert!(lines.next().contains("increment at"), "the title");
    assert!(lines.next().starts_with("seq 1  "));
    server.stop();
    while !lines.next().contains("no answer: ") {}
    assert!(lines.next().contains("no answer: there is no provider of increment"));
    let _server = serve(&host);
    let answer = loop {
        let line = lines.next();
        if !line.contains("no answer") {
            break line;
        }
    };
    assert!(answer.ends_with("connected again: the provider was gone"), "{answer}");
    assert!(!lines.next().contains("again"), "once is enough");
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    let lines = lines.rest();
    assert!(lines[lines.len() - 2].contains(" lost"), "{lines:?}");
    assert!(lines[lines.len() - 1].starts_with("there and back: min "), "{lines:?}");
    assert_eq!(finish(child).code(), Some(0));
}

#[test]
fn it_ends_when_whoever_reads_it_has_gone_although_it_has_nothing_to_send() {
    let host = Host::new();
    let _server = serve(&host);
    let line = read_one_line(&mut host.netipc("ping increment --interval 60m --json"));
    assert!(line.contains("\"seq\":1"), "{line}");
}
