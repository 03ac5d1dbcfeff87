//! Lookups of more keys than the library takes in one call.

use std::fs::{self, File};
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::apps::serve;
use crate::running::{Host, Output, run};

fn call(host: &Host, count: u32, options: &str) -> Output {
    let file = host.path().join("keys");
    let keys: Vec<_> = (1..=count).map(|pid| pid.to_string()).collect();
    fs::write(&file, keys.join("\n")).expect("it is written");
    let mut command = host.netipc(&format!("call apps-lookup {options}"));
    run(command.stdin(File::open(file).expect("it is there")))
}

#[test]
fn a_hundred_thousand_keys_have_an_item_each_in_their_order() {
    let host = Host::new();
    let (_server, requests) = serve(&host, |_| 7);
    let answer = call(&host, 100_000, "--json").succeeded().json();
    assert_eq!(answer["generation"], 7);
    let items = answer["items"].as_array().expect("a list");
    let pids = items.iter().map(|item| item["pid"].as_u64().expect("a number"));
    assert!(pids.eq(1..=100_000));
    assert!(requests.load(Ordering::Relaxed) > 1, "one request holds no such number");
}

#[test]
fn a_table_of_many_items_has_a_row_each_and_one_summary() {
    let host = Host::new();
    let (_server, _) = serve(&host, |_| 7);
    let table = call(&host, 70_000, "").succeeded().stdout;
    assert_eq!(table.lines().filter(|line| line.contains("Known")).count(), 70_000);
    assert_eq!(table.lines().last(), Some("70000 processes, generation 7"));
}

#[test]
fn where_the_generation_changes_on_the_way_all_items_are_of_the_later_one() {
    let host = Host::new();
    // Somewhere in the middle, be it between two messages of one call or between two calls.
    let (_server, requests) = serve(&host, |request| if request < 5 { 7 } else { 8 });
    let answer = call(&host, 100_000, "--json").succeeded().json();
    assert_eq!(answer["generation"], 8);
    assert_eq!(answer["items"].as_array().map(Vec::len), Some(100_000));
    assert!(requests.load(Ordering::Relaxed) > 6, "the first answers were asked for again");
}

#[test]
fn where_it_changes_all_the_time_that_is_the_failure() {
    let host = Host::new();
    let (_server, _) = serve(&host, |request| request);
    let message = call(&host, 20_000, "").failed(1);
    assert!(
        message.contains("the generation changed while the answers came, 10 times in a row"),
        "{message}"
    );
}

#[test]
fn more_keys_than_are_kept_are_refused() {
    let host = Host::new();
    let file = host.path().join("keys");
    fs::write(&file, "1\n".repeat((1 << 20) + 1)).expect("it is written");
    let message =
        run(host.netipc("call apps-lookup").stdin(File::open(&file).expect("it is there"))).failed(2);
    assert!(message.contains("more than 1048576 keys on stdin"), "{message}");
    fs::write(&file, vec![b'1'; (64 << 20) + 1]).expect("it is written");
    let message =
        run(host.netipc("call apps-lookup").stdin(File::open(&file).expect("it is there"))).failed(2);
    assert!(message.contains("more than 67108864 bytes"), "{message}");
}

#[test]
fn no_keys_are_a_lookup_too() {
    let host = Host::new();
    let (_server, _) = serve(&host, |_| 7);
    let answer = call(&host, 0, "--json").succeeded().json();
    assert_eq!(answer, serde_json::json!({ "generation": 7, "items": Vec::<Value>::new() }));
}
