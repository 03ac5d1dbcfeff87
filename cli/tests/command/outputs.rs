//! What people and programs get to see, held against snapshots: help, answers, failures.

use std::fs::{self, File};

use crate::cgroups::{Cgroups, cgroup};
use crate::running::{Host, netipc, run};
use crate::transcript::{assert_shown, measured, said, settings, transcript};

#[test]
fn every_command_has_its_help() {
    for command in [
        "",
        "serve",
        "call",
        "ping",
        "watch",
        "lookup",
        "list",
        "doctor",
        "clean",
        "demo",
        "bench",
        "layout",
        "decode",
        "encode",
        "completions",
        "man",
    ] {
        let help = run(&mut netipc(&format!("{command} --help"))).succeeded().stdout;
        let name = if command.is_empty() { "help".to_owned() } else { format!("help_{command}") };
        assert_shown!(name, help);
    }
}

#[test]
fn every_service_has_its_help() {
    let mut helps = String::new();
    for command in ["serve", "call"] {
        for service in [
            "cgroups-snapshot",
            "cgroups-lookup",
            "apps-lookup",
            "ip-to-asn",
            "pid-traffic",
            "increment",
            "string-reverse",
        ] {
            let help = run(&mut netipc(&format!("{command} {service} --help"))).succeeded().stdout;
            // What all of them have in common stands in the command's own help.
            let own = help.split("\nWhere:").next().unwrap_or_default();
            let examples = help.find("\nExample").map_or("", |at| &help[at..]);
            helps.extend(["$ netipc ", command, " ", service, " --help\n", own, "[...]\n", examples, "\n"]);
        }
    }
    assert_shown!("help_of_services", helps);
}

#[test]
fn the_page_of_the_manual_has_all_commands() {
    assert_shown!("man", run(&mut netipc("man")).succeeded().stdout);
    assert_shown!("man_call_increment", run(&mut netipc("man call increment")).succeeded().stdout);
}

#[test]
fn answers_are_tables_for_people_and_json_for_programs() {
    let host = Host::new();
    let _cgroups = Cgroups::new().serve(host.path());
    let _networks =
        host.serve(concat!("ip-to-asn --db ", env!("CARGO_MANIFEST_DIR"), "/data/documentation-ranges.tsv"));
    let _others = (host.serve("increment"), host.serve("string-reverse"));
    let lines = [
        "call cgroups-snapshot",
        "call cgroups-snapshot --json",
        "call increment 41",
        "call increment 41 --json",
        "call string-reverse stressed",
        "call string-reverse aé --json",
    ];
    assert_shown!("call", transcript(&host, &lines));
    // The generation is that of the database as it was read.
    let networks = transcript(
        &host,
        &["call ip-to-asn 192.0.2.1 2001:db8::1 8.8.8.8", "call ip-to-asn 192.0.2.1 --json"],
    );
    let mut settings = settings();
    settings.add_filter(r#"(generation"?:? )\d+"#, "$1[GENERATION]");
    assert_shown!("call_ip_to_asn", networks, settings);
}

#[test]
fn layouts_and_payloads_need_no_provider() {
    let host = Host::new();
    let lines =
        ["layout increment", "layout increment --json", "layout apps-lookup", "layout cgroups-snapshot"];
    assert_shown!("layout", transcript(&host, &lines));
    let lines = [
        "decode increment 2a00000000000000",
        "decode increment 2a00",
        "decode increment 2a00 --json",
        "decode increment 2a0",
        "decode increment 2x",
        "decode string_reverse 080000000200000061ff00",
        "decode nothing 00",
        "encode increment {\"value\":42}",
        "encode increment {\"value\":-1}",
        "encode increment {",
        "encode cgroups_lookup_req {\"paths\":[\"\"]} --json",
    ];
    assert_shown!("decode_and_encode", transcript(&host, &lines));
}

#[test]
fn a_cached_lookup_shows_what_is_there_and_what_is_not() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    cgroups.change(|cgroups| cgroups.push(cgroup(9, "odd\x1b[2J", "/odd")));
    let _server = cgroups.serve(host.path());
    let lines = [
        "lookup cgroups-snapshot foobar 0x7:web",
        "lookup cgroups-snapshot foobar web",
        "lookup cgroups-snapshot foobar 0x8:web --json",
        "lookup cgroups-snapshot --json",
        "lookup increment web",
    ];
    let keys = host.path().join("keys");
    fs::write(&keys, "foobar\n0x9:odd\x1b[2J\nnothing\n").expect("it is written");
    let output = run(host.netipc("lookup cgroups-snapshot").stdin(File::open(keys).expect("it is there")));
    let stdin = said(&host, "lookup cgroups-snapshot < keys", &output);
    assert_shown!("lookup", transcript(&host, &lines) + &stdin, measured());
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let host = Host::new();
    let lines = [
        "call nothing",
        "ping nothing",
        "call increment 1",
        "call cgroups-snapshot",
        "ping increment",
        "watch cgroups-snapshot",
        "watch cgroups-snapshot --json",
        "lookup cgroups-snapshot web",
        "watch increment",
        "lookup apps-lookup 1",
        "man nothing",
        "call increment 1 --auth-token secret",
    ];
    let nobody = transcript(&host, &lines);
    let _provider = host.serve("increment --auth-token 1");
    let _snapshot = host.serve("cgroups-snapshot --auth-token 1");
    let lines = [
        "call increment 1 --auth-token 2",
        "ping increment --auth-token 2",
        "watch cgroups-snapshot --auth-token 2",
        "lookup cgroups-snapshot web --auth-token 2",
        "ping string-reverse --service increment --auth-token 1 --count 1",
    ];
    assert_shown!("failures", nobody + &transcript(&host, &lines));
}

#[test]
fn a_megabyte_of_junk_on_stdin_is_one_sentence() {
    let host = Host::new();
    let junk: Vec<u8> =
        (0..1u32 << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let file = host.path().join("junk");
    fs::write(&file, junk).expect("it is written");
    let mut all = String::new();
    for line in [
        "call apps-lookup",
        "call cgroups-lookup",
        "call ip-to-asn",
        "lookup cgroups-snapshot",
        "decode hello -",
        "encode hello -",
    ] {
        let output = run(host.netipc(line).stdin(File::open(&file).expect("it is there")));
        all += &said(&host, line, &output);
    }
    assert_shown!("junk", all);
}
