//! Whether threads sleep and are left asleep. A thread that waits is not touched by what else a machine does.

use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};
use rustix::thread::gettid;

/// How often each thread has gone to sleep, which is how often it was woken.
pub fn sleeps(threads: &[i32]) -> Vec<u64> {
    threads.iter().map(|tid| status(*tid, "voluntary_ctxt_switches:").parse().unwrap()).collect()
}

/// What the kernel says of a thread.
fn status(tid: i32, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/self/task/{tid}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix(field)).unwrap().trim().to_owned()
}

/// Waits until all of these threads wait, and then for another second in which none of them is woken; gives how often they
/// have gone to sleep by then.
pub fn stay_asleep(threads: &[i32]) -> Vec<u64> {
    let mut before = sleeps(threads);
    loop {
        thread::sleep(Duration::from_millis(100));
        let now = sleeps(threads);
        // One that only waits for a CPU has not gone to sleep again yet.
        let are_asleep = threads.iter().all(|tid| status(*tid, "State:").starts_with('S'));
        if now == before && are_asleep {
            break;
        }
        before = now;
    }
    thread::sleep(Duration::from_secs(1));
    assert_eq!(sleeps(threads), before, "something idle was woken");
    before
}

/// All threads of this process but this one and the one that runs the tests.
pub fn other_threads() -> Vec<i32> {
    let tids = fs::read_dir("/proc/self/task").unwrap();
    let tids = tids.map(|entry| entry.unwrap().file_name().into_string().unwrap().parse().unwrap());
    let (own, main) = (gettid().as_raw_nonzero().get(), getpid().as_raw_nonzero().get());
    tids.filter(|tid| ![own, main].contains(tid)).collect()
}

/// Allows this process as many descriptors as it may allow itself.
pub fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}
