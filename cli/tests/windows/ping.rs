//! `netipc ping`

use serde_json::json;

use crate::running::{Provider, place, printed, refused, run, succeeded};

#[test]
fn each_answer_is_a_line_and_the_end_a_summary() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment"]);
    let said = printed(dir.path(), &["ping", "increment", "--count", "3", "--interval", "10ms"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 7, "{said}");
    assert!(lines[0].contains(r"\\.\pipe\netipc-"), "{said}");
    assert!(lines[1].starts_with("seq 1") && lines[3].starts_with("seq 3"), "{said}");
    assert_eq!(lines[5], "3 sent, 3 answered, 0 lost");
}

#[test]
fn each_profile_is_pinged_over_and_named() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment"]);
    for (asked, name) in [("baseline", "NAMED_PIPE"), ("shm", "SHM_HYBRID"), ("auto", "SHM_HYBRID")] {
        let arguments =
            ["ping", "increment", "--count", "2", "--interval", "0", "--json", "--profile", asked];
        let objects = succeeded(dir.path(), &arguments).objects();
        let [first, second, summary] = &objects[..] else { panic!("{objects:?}") };
        assert_eq!((&first["profile"], &second["seq"]), (&json!(name), &json!(2)));
        assert_eq!((&summary["answered"], &summary["lost"]), (&json!(2), &json!(0)));
    }
}

#[test]
fn without_a_provider_there_is_nothing_to_ping() {
    let dir = place();
    let message = refused(dir.path(), &["ping", "increment", "--count", "1"], 1);
    assert!(message.contains("no provider of increment"), "{message}");
}

#[test]
fn a_provider_that_ends_meanwhile_costs_the_requests_after_it() {
    let dir = place();
    let provider = Provider::start(dir.path(), &["increment"]);
    assert_eq!(provider.stop().code(), Some(0));
    let _other = Provider::start(dir.path(), &["string-reverse", "--service", "increment"]);
    let output = run(dir.path(), &["ping", "increment", "--count", "1", "--json"]);
    assert_eq!(output.code, Some(1), "{output:?}");
    let objects = output.objects();
    assert!(objects[0]["error"].is_string(), "{objects:?}");
    assert_eq!(objects[1]["lost"], json!(1));
}
