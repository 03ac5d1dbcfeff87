//! A snapshot cache in a hot loop: one thread refreshes it now and then, another looks things up all the time and never
//! waits for that.
//!
//! `cargo run --release -p netipc --example cache_in_a_hot_loop`

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{ClientConfig, Endpoint, Server, ServerConfig, SnapshotCache};

const CGROUPS: u32 = 1_000;
const REFRESHES: u32 = 5;
const BETWEEN_REFRESHES: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let run_dir = tempfile::tempdir()?;
    let endpoint = Endpoint::new(run_dir.path(), "cgroups-snapshot")?;
    let server = provider(endpoint.clone())?;

    let mut cache =
        SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(endpoint, ClientConfig::default());
    cache.refresh()?;

    let (stop, begun) = (AtomicBool::new(false), Instant::now());
    let reader = cache.reader();
    let lookups = thread::scope(|scope| -> Result<u64, Box<dyn Error>> {
        let hot = scope.spawn(|| {
            let names: Vec<_> = (0..CGROUPS).map(name).collect();
            let mut lookups = 0u64;
            while !stop.load(Ordering::Relaxed) {
                // A guard for each round: what it sees stays what it is, and the next round sees what is new.
                let guard = reader.read();
                for (hash, name) in (0..).zip(&names) {
                    let found = guard.get((hash, name.as_bytes()));
                    assert!(found.is_some(), "{name} was in every snapshot");
                    lookups += 1;
                }
            }
            lookups
        });
        for _ in 0..REFRESHES {
            thread::sleep(BETWEEN_REFRESHES);
            // One that fails leaves what there is; a program goes on with that and tries again later.
            if let Err(error) = cache.refresh() {
                eprintln!("not refreshed: {error}");
            }
        }
        stop.store(true, Ordering::Relaxed);
        hot.join().map_err(|_| "the hot loop panicked".into())
    })?;

    let status = cache.status();
    let generation = status.generation.unwrap_or_default();
    println!("{} cgroups, generation {generation}, {} refreshes", status.items, status.refreshes);
    println!("{lookups} lookups, {} ns each", begun.elapsed().as_nanos() / u128::from(lookups.max(1)));
    server.stop();
    Ok(())
}

/// Serves as many cgroups as there are here, under another generation each time.
fn provider(endpoint: Endpoint) -> Result<Server<CgroupsSnapshotRequest, CgroupsSnapshot>, Box<dyn Error>> {
    let generation = AtomicU64::new(0);
    let config = ServerConfig { max_response_payload_bytes: 1 << 20, ..ServerConfig::default() };
    let server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
        endpoint,
        config,
        move |_request, response, _context| {
            response.systemd_enabled(1);
            response.generation(generation.fetch_add(1, Ordering::Relaxed) + 1);
            let cgroups = response.cgroups();
            for hash in 0..CGROUPS {
                let (name, path) = (name(hash), format!("/sys/fs/cgroup/{hash}"));
                cgroups.push(CgroupRef {
                    hash,
                    options: 0,
                    enabled: 1,
                    name: name.as_bytes(),
                    path: path.as_bytes(),
                })?;
            }
            Ok(())
        },
    )?;
    Ok(server)
}

fn name(hash: u32) -> String {
    format!("container-{hash}")
}
