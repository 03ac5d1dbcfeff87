//! The tables of docs/: every statement of the contract's pages has a test, and every test that they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).expect("the file is there")
}

/// A row of the table.
struct Row {
    page: String,
    statement: String,
    tests: Vec<String>,
}

/// The tables, and the pages of the contract that each is about.
const TABLES: [(&str, &[&str]); 4] = [
    ("docs/conformance.md", &["transport.md", "posix.md", "windows.md"]),
    ("docs/service.md", &["service.md"]),
    ("docs/snapshot.md", &["snapshot.md"]),
    ("docs/deployed-peers.md", &["deployed-peers.md"]),
];

fn rows() -> Vec<Row> {
    TABLES.iter().flat_map(|(table, _)| rows_of(table)).collect()
}

fn rows_of(table: &str) -> Vec<Row> {
    let (mut rows, mut page) = (Vec::new(), String::new());
    for line in read(table).lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.trim_matches('`').clone_into(&mut page);
        }
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else { continue };
        let Some((statement, tests)) = cells.rsplit_once(" | ") else { continue };
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        rows.push(Row { page: page.clone(), statement: plain(statement), tests });
    }
    rows.retain(|row| row.statement != "statement");
    rows
}

/// Text without what only formats it.
fn plain(text: &str) -> String {
    let words = text.replace(['|', '*'], " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a page of the contract states: its prose and the rows of its tables, without headings and figures.
fn statements(page: &str) -> String {
    let text = read(Path::new("docs/contract").join(page));
    let (mut stated, mut in_figure) = (String::new(), false);
    let lines: Vec<_> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let is_rule = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("|-"));
        if line.starts_with("```") {
            in_figure = !in_figure;
        } else if !in_figure
            && !line.starts_with('#')
            && !line.starts_with("|-")
            && !is_rule(lines.get(index + 1))
        {
            let line = line.trim_start_matches("- ");
            let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(". ");
            stated += if line.len() + 1 < lines[index].len() { line } else { lines[index] };
            stated.push(' ');
        }
    }
    plain(&stated)
}

#[test]
fn every_statement_of_the_contract_is_in_the_table() {
    let rows = rows();
    for page in TABLES.iter().flat_map(|(_, pages)| *pages) {
        let mut rest = statements(page);
        for row in rows.iter().filter(|row| row.page == *page) {
            let found = rest.find(&row.statement);
            let at = found.unwrap_or_else(|| panic!("{page} does not say: {}", row.statement));
            rest.replace_range(at..at + row.statement.len(), "\n");
        }
        let untested: Vec<_> = rest.lines().filter(|text| text.chars().any(char::is_alphanumeric)).collect();
        assert!(untested.is_empty(), "{page} says, and the table does not:\n{}", untested.join("\n"));
    }
}

#[test]
fn every_statement_has_a_test_and_every_test_exists() {
    let mut names = BTreeSet::new();
    for folder in ["tests", "transports", "netipc", "ui-tests"] {
        collect_functions(&root().join(folder), &mut names);
    }
    let mut problems = Vec::new();
    for row in rows() {
        if row.tests.is_empty() {
            problems.push(format!("no test: {}", row.statement));
        }
        let missing = row.tests.iter().filter(|test| !names.contains(*test));
        problems.extend(missing.map(|test| format!("no such test: {test}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The names of all functions in the sources below `folder`.
fn collect_functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect_functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("a source file");
            for (at, _) in source.match_indices("fn ") {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                names.insert(source[at + 3..].chars().take_while(|c| is_name(*c)).collect());
            }
        }
    }
}

#[test]
fn every_promise_is_made_a_test_of() {
    let list = read("tests/src/conformance/mod.rs");
    let mut missing = Vec::new();
    for entry in fs::read_dir(root().join("tests/src/conformance")).expect("the suite") {
        let source = fs::read_to_string(entry.expect("an entry").path()).expect("a source file");
        let promises = source.lines().filter_map(|line| line.strip_prefix("pub fn "));
        for name in promises.filter_map(|rest| rest.split_once('<').map(|(name, _)| name)) {
            if !list.lines().any(|line| line.trim() == format!("{name},")) {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "not in the lists of conformance/mod.rs: {missing:?}");
}

/// Calls `check` with every source file below `folder` that is no test, and its text.
fn each_source(folder: &Path, check: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        if stem == "tests" || stem.ends_with("_tests") {
            continue;
        }
        if path.is_dir() {
            each_source(&path, check);
        } else {
            let source = fs::read_to_string(&path).expect("a source file");
            // A module of tests in its own file may stand anywhere; one in the same file stands at the end.
            check(&path, source.split("#[cfg(test)]\nmod tests {").next().expect("there is a beginning"));
        }
    }
}

/// Calls `check` with every line of code in the sources below `folder` that are no tests.
fn each_line(folder: &str, check: &mut impl FnMut(&Path, &str)) {
    each_source(&root().join(folder), &mut |path, source| {
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.for_each(|line| check(path, line));
    });
}

#[test]
fn a_client_has_no_threads_and_no_timers() {
    for folder in ["netipc/src/service/client", "netipc/src/service/lookup"] {
        each_line(folder, &mut |path, line| {
            let forbidden = ["thread", "sleep", "timerfd"];
            assert!(!forbidden.iter().any(|word| line.contains(word)), "{}: {line}", path.display());
        });
    }
}

#[test]
fn the_library_reads_no_environment() {
    each_source(&root().join("transports/src"), &mut |path, source| {
        assert!(!source.contains("env::"), "{}", path.display());
    });
}

#[test]
fn every_system_call_that_can_fail_is_made_where_tests_can_have_it_fail() {
    // They cannot fail, or make no call; mmap is unsafe, and asks; and a signal's handler, which maps, must not ask.
    const OTHERS: [&str; 7] =
        ["getpid", "geteuid", "munmap", "clock_gettime", "retry_on_intr", "mmap", "mmap_anonymous"];
    each_source(&root().join("transports/src"), &mut |path, source| {
        if path.components().any(|part| part.as_os_str() == "sys") {
            return;
        }
        for import in source.split(';').filter_map(|statement| statement.split_once("rustix::")) {
            // What is called begins with a small letter and is no module.
            let words = import.1.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':');
            for word in words.filter_map(|word| word.rsplit("::").next()) {
                let is_call = word.starts_with(|c: char| c.is_ascii_lowercase())
                    && !["self", "as", "epoll", "futex"].contains(&word);
                assert!(!is_call || OTHERS.contains(&word), "{} calls {word}", path.display());
            }
        }
    });
}

#[test]
fn the_cache_names_no_message_and_no_socket() {
    each_line("netipc/src/snapshot", &mut |path, line| {
        let forbidden = ["messages::", "Cgroup", "Session", "rustix", "std::os", "std::net"];
        assert!(!forbidden.iter().any(|word| line.contains(word)), "{}: {line}", path.display());
    });
}

#[test]
fn clients_and_servers_name_no_message_and_no_system() {
    each_line("netipc/src/service", &mut |path, line| {
        // What a service manager hands over is the caller's.
        let is_handed_over = line == "use std::os::fd::OwnedFd;";
        let forbidden = ["messages::", "Cgroup", "rustix", "windows_sys", "std::os", "std::net"];
        let is_forbidden = forbidden.iter().any(|word| line.contains(word));
        assert!(is_handed_over || !is_forbidden, "{}: {line}", path.display());
    });
}

#[test]
fn sessions_are_sent_to_other_threads_and_take_themselves_mutably() {
    fn is_send<T: Send>() {}
    is_send::<netipc_transport::ClientSession>();
    is_send::<netipc_transport::ServerSession>();
    is_send::<netipc_transport::Listener>();
    // What a thread could do while another one is in the session would take it by a shared reference.
    let _: fn(&mut netipc_transport::ClientSession, u16, u64, &[u8], netipc_transport::Deadline) -> _ =
        netipc_transport::ClientSession::send;
    let _: fn(&mut netipc_transport::ServerSession, _, _, _) -> _ = netipc_transport::ServerSession::reject;
}

#[test]
fn abort_handles_are_cloned_and_used_from_every_thread() {
    fn is_shared<T: Clone + Send + Sync>() {}
    is_shared::<netipc_transport::Abort>();
}
