//! The caches, and the threads that read them.

use std::sync::Arc;
use std::thread::Scope;
use std::time::Duration;

use fastrand::Rng;
use netipc::messages::{Cgroup, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{CacheConfig, CacheGuard, CacheReader, Deadline, Profiles, RefreshError, SnapshotCache};

use crate::data;
use crate::judge::{self, Asked};
use crate::scene::Scene;
use crate::watch::nap;
use crate::worker::{Habits, MARGIN, Progress, Worker, config, pause};

/// More than any snapshot has: its largest list has 2,000 items of less than 200 bytes.
const ANY_SNAPSHOT: usize = 400_000;

/// Threads that read a cache.
const READERS: usize = 2;

/// Starts both caches and their readers.
pub(crate) fn start<'scope, 'a: 'scope>(
    scene: &'a Scene,
    scope: &'scope Scope<'scope, '_>,
    rng: &mut Rng,
) -> Vec<Progress> {
    let mut workers = Vec::new();
    let mut cache = |name, habits, config: CacheConfig| {
        let worker = Worker::new(scene, name, habits, rng);
        let cache = SnapshotCache::new(scene.endpoint(data::SNAPSHOT), config);
        workers.push(worker.progress.clone());
        for _ in 0..READERS {
            let mut reader = Reader::new(cache.reader(), rng.fork());
            scope.spawn(move || {
                while !scene.gate.is_over() {
                    reader.look();
                    nap(Duration::from_micros(500));
                }
                scene.tally.reader(reader.looks);
            });
        }
        scope.spawn(move || refresh(worker, cache));
    };
    let habits = Habits { is_abortable: true, ..Habits::default() };
    cache("cache", habits, config(Profiles::CARRIED).into());
    let habits = Habits { is_hasty: true, ..Habits::default() };
    let config = CacheConfig { skip_unchanged: true, ..config(Profiles::BASELINE).into() };
    cache("cache in haste over packets", habits, config);
    workers
}

fn refresh(mut worker: Worker<'_>, mut cache: SnapshotCache<CgroupsSnapshotRequest, CgroupsSnapshot>) {
    let scene = worker.scene;
    let abort = cache.abort_handle();
    worker.may_be_aborted(&abort);
    let mut failures = 0;
    while scene.gate.pass(|| cache.close()) {
        let (time, asked) = worker.haste();
        let asked = Asked { answer_bytes: Some(ANY_SNAPSHOT), ..asked };
        let (since, before) = (scene.now(), cache.read().generation());
        let pulse = Arc::clone(&worker.pulse);
        match pulse.during(time + MARGIN, || cache.refresh_until(Deadline::after(time))) {
            Ok(_) => {
                scene.assert_current(cache.read().generation().unwrap(), since);
                worker.has_an_answer();
            }
            Err(error) => {
                let kind = match &error {
                    RefreshError::Connect(error) => judge::connect(error, asked),
                    RefreshError::Call(error) => judge::call(error, asked),
                    error => panic!("nothing explains that a refresh fails like this: {error}"),
                };
                scene.tally.refusal(kind);
                failures += 1;
                assert_eq!(cache.read().generation(), before, "a refresh that fails leaves what was there");
                abort.clear();
                pause();
            }
        }
    }
    let status = cache.status();
    assert_eq!((status.refreshes, status.failures), (worker.progress.answers(), failures));
    assert!(!status.connection.without_shared_memory, "{} has given shared memory up", worker.progress.name);
    scene.tally.client(&status.connection, status.refreshes);
}

type Guard = CacheGuard<CgroupsSnapshot>;

/// Reads a cache, and keeps what it saw for a while.
struct Reader {
    cache: CacheReader<CgroupsSnapshot>,
    rng: Rng,
    now: Option<(Guard, Vec<Cgroup>)>,
    looks: u64,
}

impl Reader {
    fn new(cache: CacheReader<CgroupsSnapshot>, rng: Rng) -> Self {
        Self { cache, rng, now: None, looks: 0 }
    }

    /// Looks some keys up, and whether what it saw first of a snapshot is still the same when there is another one.
    fn look(&mut self) {
        let guard = self.cache.read();
        if !guard.is_ready() {
            assert!(self.now.is_none(), "there was a snapshot before");
            return;
        }
        let generation = guard.generation().unwrap();
        match &self.now {
            Some((held, _)) if held.generation() == Some(generation) => {}
            held => {
                if let Some((held, cgroups)) = held {
                    assert!(
                        held.generation().unwrap() < generation,
                        "snapshots come in the order of their generations"
                    );
                    assert_whole(held, cgroups);
                }
                let cgroups = data::snapshot(generation).cgroups;
                assert_whole(&guard, &cgroups);
                self.now = Some((self.cache.read(), cgroups))
                    .filter(|(held, _)| held.generation() == Some(generation));
            }
        }
        let Some((_, cgroups)) = &self.now else { return };
        for _ in 0..64 {
            let Some(cgroup) = self.rng.choice(cgroups) else { break };
            assert_eq!(guard.get((cgroup.hash, &cgroup.name)).unwrap().to_owned(), *cgroup);
            assert!(guard.get((!cgroup.hash, b"no such name")).is_none());
        }
        self.looks += 1;
    }
}

/// The guard sees exactly this list.
fn assert_whole(guard: &Guard, cgroups: &[Cgroup]) {
    assert_eq!(guard.len(), cgroups.len());
    for (item, cgroup) in guard.items().iter().zip(cgroups) {
        assert_eq!(item.to_owned(), *cgroup);
    }
}
