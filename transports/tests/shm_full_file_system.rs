//! Shared memory where its file system is full. A program of its own, since it starts processes: these have the sockets of
//! other tests for a moment. `docs/contract/posix.md`, "Shared memory".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::thread;

use netipc_tests::support::{accept, soon, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, CreateError, Endpoint, ListenOptions, Listener, Profiles,
};

/// Runs the test of this name again, as a process of its own with a file system of 64 KiB at this path. `None` where a
/// process may not have one.
fn in_a_small_file_system(test: &str) -> Option<bool> {
    let directory = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=64k none \"$1\" && exec \"$2\" --exact \"$3\" --nocapture";
    let unshare = |script: &str| {
        Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(directory.path())
            .arg(std::env::current_exe().unwrap())
            .arg(test)
            .env("NETIPC_TEST_SMALL", directory.path())
            .output()
    };
    // First whether that is possible at all, so that a failure is one of the test.
    let possible = unshare("mount -t tmpfs -o size=64k none \"$1\"").is_ok_and(|run| run.status.success());
    possible.then(|| {
        let run = unshare(script).unwrap();
        print!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        run.status.success()
    })
}

#[test]
fn a_full_file_system_leaves_the_baseline_and_no_file() {
    if let Some(directory) = std::env::var_os("NETIPC_TEST_SMALL") {
        watched(move || serve_in_a_full_file_system(Path::new(&directory)));
    } else if let Some(succeeded) =
        in_a_small_file_system("a_full_file_system_leaves_the_baseline_and_no_file")
    {
        assert!(succeeded);
    } else {
        println!("not tested: no mount of its own is allowed here");
    }
}

fn serve_in_a_full_file_system(directory: &Path) {
    let endpoint = Endpoint::new(directory, "web").unwrap();
    let listen = ListenOptions { supported_profiles: Profiles::CARRIED, ..ListenOptions::default() };
    let mut listener = Listener::bind(&endpoint, &listen).unwrap();
    let census = listener.census();
    let options = ConnectOptions { supported_profiles: Profiles::CARRIED, ..ConnectOptions::default() };
    thread::scope(|scope| {
        let client =
            scope.spawn(|| ClientSession::connect(&endpoint, &options, soon(), &Abort::new()).unwrap());
        let _server = accept(&mut listener);
        assert_eq!(client.join().unwrap().agreed().profile, Profiles::BASELINE);
    });
    match &*census.last_region_failure().unwrap() {
        CreateError::Io { step: "fallocate", source, .. } => {
            assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        }
        other => panic!("{other:?}"),
    }
    let files: Vec<_> = fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["web.sock"]);
}
