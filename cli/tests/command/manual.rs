//! `netipc completions` and `netipc man`

use std::fs;

use crate::running::{Host, netipc, run};

#[test]
fn every_shell_gets_completions_with_all_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&mut netipc(&format!("completions {shell}"))).succeeded().stdout;
        for word in ["cgroups-snapshot", "ping", "watch", "completions", "--interval"] {
            // fish has options without their dashes.
            assert!(script.contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
    }
    assert_eq!(run(&mut netipc("completions cmd")).code(), Some(2));
}

#[test]
fn bash_takes_its_completions() {
    let script = run(&mut netipc("completions bash")).succeeded().stdout;
    let host = Host::new();
    let file = host.path().join("netipc.bash");
    fs::write(&file, script).expect("it is written");
    let ask = format!(
        ". {}; COMP_WORDS=(netipc pi); COMP_CWORD=1; _netipc netipc pi netipc; echo \"${{COMPREPLY[*]}}\"",
        file.display()
    );
    let output = run(std::process::Command::new("bash").args(["--norc", "-c", &ask]));
    assert_eq!(output.succeeded().stdout, "ping\n");
}

#[test]
fn all_pages_of_the_manual_can_be_written() {
    let host = Host::new();
    let mut man = netipc("man --dir");
    run(man.arg(host.path())).succeeded();
    let files = host.files();
    for (page, command) in [
        ("netipc.1", ""),
        ("netipc-call.1", "call"),
        ("netipc-call-cgroups-lookup.1", "call cgroups-lookup"),
        ("netipc-ping.1", "ping"),
        ("netipc-man.1", "man"),
    ] {
        let path = host.path().join(page);
        let roff = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}: {files:?}"));
        assert_eq!(run(&mut netipc(&format!("man {command}"))).succeeded().stdout, roff, "{page}");
    }
    assert!(!files.iter().any(|file| file.contains("bench-peer") || file.contains("help")), "{files:?}");
}

#[test]
fn a_page_of_what_is_no_command_is_refused() {
    let message = run(&mut netipc("man call nothing")).failed(2);
    assert_eq!(message, "netipc: `netipc call` has no command \"nothing\"\n");
    run(&mut netipc("man bench-peer")).failed(2);
    let gone = Host::new().path().join("gone");
    let message = run(netipc("man --dir").arg(&gone)).failed(1);
    assert!(message.contains("cannot write the pages to"), "{message}");
}
