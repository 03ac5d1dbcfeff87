//! What a shell, `man` and people who ask for help get.

use crate::running::{place, printed};

#[test]
fn shells_are_told_what_can_be_completed() {
    let dir = place();
    for shell in ["powershell", "bash"] {
        let said = printed(dir.path(), &["completions", shell]);
        assert!(said.contains("cgroups-snapshot") && said.contains("--until-stdin-ends"), "{shell}: {said}");
    }
}

#[test]
fn pages_of_the_manual_are_printed_and_written() {
    let dir = place();
    assert!(printed(dir.path(), &["man"]).contains(".TH netipc"));
    printed(dir.path(), &["man", "--dir", dir.path().to_str().unwrap()]);
    assert!(dir.path().join("netipc-list.1").is_file());
}

#[test]
fn every_command_has_help() {
    let dir = place();
    for command in ["list", "doctor", "clean", "ping", "watch", "lookup", "demo"] {
        let said = printed(dir.path(), &["help", command]);
        assert!(said.contains("Examples:"), "{command}: {said}");
    }
}
