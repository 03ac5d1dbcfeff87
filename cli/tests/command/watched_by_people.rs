//! What is different where a person watches: tables that are drawn in place, colours, progress.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

use rustix::process::{Signal, kill_process};

use crate::cgroups::{Cgroups, cgroup};
use crate::running::{Host, finish, netipc, pid, wait};
use crate::terminal::{Terminal, on_a_terminal_of};
use crate::transcript::{assert_shown, measured};

/// Starts a command on a terminal; what it says on stderr can be seen by the test.
fn start(command: &mut Command, rows: u16) -> (Child, Terminal) {
    let (terminal, end) = Terminal::open(rows, 100);
    command.env("TERM", "xterm-256color");
    let child = command.stdout(end).stderr(Stdio::piped()).spawn().expect("it starts");
    // The command's own copy of the end, without which there is no end of the output.
    command.stdout(Stdio::null());
    (child, terminal)
}

fn watch(host: &Host) -> Command {
    host.netipc("watch cgroups-snapshot --interval 20ms")
}

/// What ends a picture.
const END: &str = "\x1b[J\x1b[?7h";

fn interrupt(child: Child) {
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    let output = finish(child);
    assert_eq!((output.code(), output.stderr.as_str()), (Some(0), ""));
}

/// A picture as text, with what a terminal obeys shown.
fn shown(host: &Host, picture: &str) -> String {
    picture.replace(host.path().to_str().expect("UTF-8"), "[DIR]").replace('\x1b', "ESC").replace('\r', "")
}

#[test]
fn a_table_is_drawn_again_in_place_and_changes_have_colours() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    let _server = cgroups.serve(host.path());
    let (child, mut terminal) = start(&mut watch(&host), 24);
    let first = terminal.until(END);
    // All at once, and so all in the next picture that is another one.
    cgroups.change(|list| {
        list.push(cgroup(9, "new", "/new"));
        list[0].enabled = 0;
        list.remove(1);
    });
    let before = terminal.until("\x1b[32m");
    let second = before.rsplit(END).next().unwrap_or_default().to_owned() + &terminal.until(END);
    assert_shown!("watch_on_a_terminal", shown(&host, &first) + "\n\n" + &shown(&host, &second));
    interrupt(child);
}

#[test]
fn what_is_stale_is_shown_and_since_when() {
    let host = Host::new();
    let server = Cgroups::new().serve(host.path());
    let (child, mut terminal) = start(&mut watch(&host), 24);
    terminal.until(END);
    server.stop();
    // The first failure is that of a session, the next ones are those of connecting.
    terminal.until("there is no provider");
    terminal.until(END);
    assert_shown!("watch_stale_on_a_terminal", shown(&host, &terminal.until(END)), measured());
    interrupt(child);
}

#[test]
fn what_changed_is_shown_first_where_not_all_fits() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    cgroups.change(|list| list.extend((0..100).map(|index| cgroup(index, &format!("unit-{index}"), "/"))));
    let _server = cgroups.serve(host.path());
    let (child, mut terminal) = start(&mut watch(&host), 10);
    assert_eq!(terminal.until(END).matches('\n').count(), 9, "a line is the cursor's");
    cgroups.change(|list| list[90].enabled = 0);
    let picture = terminal.until("unit-88") + &terminal.until(END);
    assert!(picture.contains('~'), "{picture:?}");
    assert!(picture.contains(" and 98 more"), "{picture:?}");
    interrupt(child);
}

#[test]
fn who_wants_no_colours_gets_none() {
    let host = Host::new();
    let cgroups = Cgroups::new();
    let _server = cgroups.serve(host.path());
    let mut command = watch(&host);
    let (mut terminal, end) = Terminal::open(24, 100);
    let child = command.env("NO_COLOR", "1").stdout(end).stderr(Stdio::piped()).spawn().expect("it starts");
    command.stdout(Stdio::null());
    terminal.until(END);
    cgroups.change(|list| list.push(cgroup(9, "new", "/new")));
    let changed = terminal.until("/new");
    assert!(changed.contains('+') && !changed.contains("\x1b[32m"), "{changed:?}");
    interrupt(child);
}

#[test]
fn a_terminal_that_only_types_gets_lines() {
    let host = Host::new();
    let _server = Cgroups::new().serve(host.path());
    let mut watch = watch(&host);
    let shown = on_a_terminal_of(watch.args(["--count", "2"]).env("TERM", "dumb"), 24, 80);
    assert_eq!(shown, "2 cgroups, managed by systemd, generation 1\r\n");
}

#[test]
fn a_terminal_that_does_not_tell_its_width_gets_whole_tables() {
    let host = Host::new();
    let _server = Cgroups::new().serve(host.path());
    let mut call = host.netipc("call cgroups-snapshot");
    let shown = on_a_terminal_of(call.env("TERM", "xterm"), 0, 0);
    assert!(shown.contains("31f0b262        1        1  foobar  /sys/fs/cgroup/foobar\r\n"), "{shown:?}");
}

#[test]
fn a_narrow_terminal_gets_whole_numbers_and_headings() {
    let host = Host::new();
    let _server = Cgroups::new().serve(host.path());
    let mut call = host.netipc("call cgroups-snapshot");
    for columns in [50, 30] {
        let shown = on_a_terminal_of(call.env("TERM", "xterm"), 24, columns);
        assert!(shown.contains("    HASH  ENABLED  OPTIONS  NAME"), "{shown:?}");
        assert!(shown.contains("31f0b262        1        1  foobar"), "{shown:?}");
    }
}

#[test]
fn a_lost_answer_is_red_on_a_terminal_only() {
    let host = Host::new();
    let _provider = host.serve("increment");
    let line = "ping string-reverse --service increment --count 1";
    let (child, terminal) = start(&mut host.netipc(line), 24);
    let shown = terminal.rest();
    assert!(shown.contains("\x1b[31mno answer: "), "{shown:?}");
    assert_eq!(finish(child).code(), Some(1));
    let output = host.run(line);
    assert!(output.stdout.contains("no answer: ") && !output.stdout.contains('\x1b'), "{output:?}");
}

/// A command whose stderr is a terminal, and all that it has written to it.
fn progress(command: &mut Command) -> String {
    let (terminal, end) = Terminal::open(24, 100);
    let mut child =
        command.env("TERM", "xterm").stdout(Stdio::null()).stderr(end).spawn().expect("it starts");
    command.stderr(Stdio::null());
    assert_eq!(wait(&mut child).code(), Some(0));
    terminal.rest()
}

#[test]
fn long_work_shows_how_far_it_is_and_short_work_does_not() {
    let host = Host::new();
    let _provider = host.serve("apps-lookup --refresh 60");
    let file = host.path().join("keys");
    let call = || {
        let mut command = host.netipc("call apps-lookup --json");
        command.stdin(File::open(&file).expect("it is there"));
        command
    };
    fs::write(&file, "1\n".repeat(40_000)).expect("it is written");
    let shown = progress(&mut call());
    assert!(shown.contains("looking up") && shown.contains("of 40,000"), "{shown:?}");
    assert!(shown.ends_with("\r\x1b[2K"), "the line goes when the work is done: {shown:?}");
    fs::write(&file, "1\n2\n").expect("it is written");
    assert_eq!(progress(&mut call()), "");
}

#[test]
fn demo_and_bench_show_how_far_they_are() {
    let host = Host::new();
    let shown = progress(netipc("demo --calls 3000").env("TMPDIR", host.path()));
    assert!(shown.contains("calling") && shown.contains("of 3,000"), "{shown:?}");
    let shown =
        progress(netipc("bench lookup-codec cache-lookup --seconds 0.1 --json").env("TMPDIR", host.path()));
    assert!(shown.contains("lookup-codec, free") && shown.contains("of 2"), "{shown:?}");
}
