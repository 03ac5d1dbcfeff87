//! The commands that look at a run directory: `netipc list`, `netipc doctor`, `netipc clean`. Providers have more time to
//! answer than they need on any machine.

use serde_json::{Value, json};

use crate::running::{Output, Provider, finish, netipc, place, printed, refused, run, succeeded};

/// The check of this name.
fn check<'a>(doctor: &'a Value, name: &str) -> &'a Value {
    let checks = doctor["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}: {doctor}"))
}

#[test]
fn where_nothing_is_served_nothing_is_listed() {
    let dir = place();
    let said = printed(dir.path(), &["list", "--timeout", "30s"]);
    assert_eq!(said, format!("no endpoints in {}\n", dir.path().display()));
    let listed = succeeded(dir.path(), &["list", "--timeout", "30s", "--json"]).json();
    assert_eq!((&listed["endpoints"], &listed["regions"]), (&json!([]), &json!([])));
}

#[test]
fn each_service_is_listed_with_what_a_caller_gets() {
    let dir = place();
    let _one = Provider::start(dir.path(), &["string-reverse"]);
    let two = Provider::start(dir.path(), &["increment", "--profile", "baseline"]);
    let listed = succeeded(dir.path(), &["list", "--timeout", "30s", "--json"]).json();
    let [increment, reverse] = &listed["endpoints"].as_array().unwrap()[..] else { panic!("{listed}") };
    assert_eq!((&increment["service"], &reverse["service"]), (&json!("increment"), &json!("string-reverse")));
    assert_eq!((&increment["state"], &increment["reason"]), (&json!("serving"), &Value::Null));
    assert_eq!((&increment["profile"], &reverse["profile"]), (&json!("NAMED_PIPE"), &json!("SHM_HYBRID")));
    assert_eq!((&increment["uid"], &increment["pid"].is_u64()), (&Value::Null, &true));
    assert!(increment["user"].as_str().unwrap().starts_with("S-1-"), "{listed}");
    let pipe = increment["path"].as_str().unwrap();
    assert!(pipe.starts_with(r"\\.\pipe\netipc-") && two.ready.contains(pipe), "{listed}");
    let table = printed(dir.path(), &["list", "--timeout", "30s"]);
    assert!(
        table.contains("increment") && table.contains("2 endpoints") && table.contains("2 serving"),
        "{table}"
    );
}

#[test]
fn other_run_directories_have_other_services() {
    let (dir, other) = (place(), place());
    let _provider = Provider::start(other.path(), &["increment"]);
    assert!(printed(dir.path(), &["list", "--timeout", "30s"]).starts_with("no endpoints"));
    assert!(printed(other.path(), &["list", "--timeout", "30s"]).contains("1 endpoint in"));
}

#[test]
fn a_service_of_any_name_is_listed_when_it_is_asked_for() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment", "--service", "web"]);
    let listed = succeeded(dir.path(), &["list", "--timeout", "30s", "--json", "--service", "web"]).json();
    assert_eq!(listed["endpoints"][0]["service"], json!("web"));
    let message = refused(dir.path(), &["list", "--timeout", "30s", "--service", "db"], 1);
    assert!(message.contains("no provider of db"), "{message}");
    let message = refused(dir.path(), &["list", "--timeout", "30s", "--service", "a/b"], 2);
    assert!(message.contains("not valid"), "{message}");
}

#[test]
fn a_provider_that_wants_another_token_is_listed_as_such() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment", "--auth-token", "7"]);
    let state = |token: &str| {
        let listed =
            succeeded(dir.path(), &["list", "--timeout", "30s", "--json", "--auth-token", token]).json();
        listed["endpoints"][0]["state"].clone()
    };
    assert_eq!((state("0"), state("7")), (json!("refuses_token"), json!("serving")));
}

#[test]
fn a_doctor_finds_nothing_wrong_with_a_provider_that_answers() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment"]);
    let found = succeeded(dir.path(), &["doctor", "--timeout", "30s", "--json"]).json();
    assert_eq!(found["wrong"], json!(0));
    for name in ["directory", "pipe", "user", "shared_memory", "other_pipes", "windows_session", "service"] {
        assert_eq!(check(&found, name)["result"], json!("fine"), "{found}");
    }
    assert_eq!(check(&found, "service")["service"], json!("increment"));
    let table = printed(dir.path(), &["doctor", "--timeout", "30s"]);
    assert!(table.contains("service increment") && table.contains("nothing is wrong"), "{table}");
}

#[test]
fn a_doctor_notes_that_nothing_is_served() {
    let dir = place();
    let found = succeeded(dir.path(), &["doctor", "--timeout", "30s", "--json"]).json();
    assert_eq!(check(&found, "service")["result"], json!("note"));
}

#[test]
fn a_doctor_says_what_is_wrong_and_what_to_do() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment", "--auth-token", "7"]);
    let output = run(dir.path(), &["doctor", "--timeout", "30s", "--json"]);
    assert_eq!(output.code, Some(1));
    let found = output.json();
    assert_eq!((&found["wrong"], &check(&found, "service")["result"]), (&json!(1), &json!("wrong")));
    assert!(check(&found, "service")["advice"].as_str().unwrap().contains("--auth-token"), "{found}");
    let output = run(dir.path(), &["doctor", "--timeout", "30s", "--service", "web"]);
    assert_eq!(output.code, Some(1));
    assert!(output.stdout.contains("it has no provider here"), "{output:?}");
}

#[test]
fn a_doctor_needs_a_run_directory() {
    let dir = place();
    let mut command = netipc(dir.path(), &["doctor", "--timeout", "30s", "--json"]);
    let child = command.env_remove("NETIPC_RUN_DIR").env_remove("LOCALAPPDATA").spawn().unwrap();
    let output = finish(child);
    assert_eq!(output.code, Some(1), "{output:?}");
    let found = output.json();
    assert_eq!(check(&found, "directory")["result"], json!("wrong"));
    assert_eq!(found["checks"].as_array().unwrap().len(), 1, "{found}");
}

#[test]
fn there_is_never_anything_to_clean_up() {
    let dir = place();
    // One that is killed.
    drop(Provider::start(dir.path(), &["increment"]));
    for arguments in [&["clean"][..], &["clean", "--dry-run"], &["clean", "--service", "increment"]] {
        let said = printed(dir.path(), arguments);
        assert!(said.starts_with("nothing is left behind in "), "{said}");
    }
    let cleaned = succeeded(dir.path(), &["clean", "--json", "--dry-run"]).json();
    assert_eq!((&cleaned["dry_run"], &cleaned["files"]), (&json!(true), &json!([])));
    let Output { code, .. } = run(dir.path(), &["clean", "--service", "a/b"]);
    assert_eq!(code, Some(2));
}
