//! The clients.

use std::thread::{self, Scope};
use std::time::Duration;

use fastrand::Rng;
use netipc::codec::Encode;
use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, Increment, PathStatus,
    Pid, ProcessStatus, StringReverse, StringReverseRef,
};
use netipc::{Client, ClientConfig, Profiles};

use crate::data;
use crate::limits::{SMALLEST_RESPONSE, one_of};
use crate::scene::Scene;
use crate::watch::nap;
use crate::worker::{Habits, MARGIN, Progress, Turn, Worker, config};

const STEADY: Habits = Habits { is_hasty: false, is_abortable: false };
const HASTY: Habits = Habits { is_hasty: true, is_abortable: false };
const ABORTED: Habits = Habits { is_hasty: false, is_abortable: true };
const HASTY_AND_ABORTED: Habits = Habits { is_hasty: true, is_abortable: true };

/// Starts all clients, and who aborts some of them.
pub(crate) fn start<'scope, 'a: 'scope>(
    scene: &'a Scene,
    scope: &'scope Scope<'scope, '_>,
    rng: &mut Rng,
) -> Vec<Progress> {
    let (both, baseline) = (Profiles::CARRIED, Profiles::BASELINE);
    let mut workers = Vec::new();
    let mut client = |name, habits, work: fn(Worker<'_>, ClientConfig), config| {
        let worker = Worker::new(scene, name, habits, rng);
        workers.push(worker.progress.clone());
        thread::Builder::new()
            .name(name.to_owned())
            .spawn_scoped(scope, move || work(worker, config))
            .unwrap();
    };
    client("calls", STEADY, calls, config(both));
    client("calls in haste over packets", HASTY, calls, config(baseline));
    client("batches", STEADY, batches, config(both));
    client("batches over packets, aborted", ABORTED, batches, config(baseline));
    client("strings", STEADY, strings, config(both));
    client("strings in haste, aborted", HASTY_AND_ABORTED, strings, config(both));
    client("lookups of cgroups", STEADY, cgroups, config(both));
    let small = ClientConfig { max_response_payload_bytes: 16_384, packet_size: 4_096, ..config(baseline) };
    client("lookups of processes in haste, aborted", HASTY_AND_ABORTED, processes, small);
    let worker = Worker::new(scene, "aborts", STEADY, rng);
    workers.push(worker.progress.clone());
    scope.spawn(move || abort(worker));
    workers
}

/// Aborts a call now and then.
fn abort(mut worker: Worker<'_>) {
    while worker.scene.gate.pass(|| {}) {
        nap(Duration::from_millis(worker.rng.u64(1..40)));
        let abortable = worker.scene.abortable.lock().unwrap();
        let (abort, pulse) = worker.rng.choice(abortable.iter()).unwrap();
        abort.abort();
        pulse.hurry(MARGIN);
        worker.has_an_answer();
    }
}

fn calls(worker: Worker<'_>, config: ClientConfig) {
    worker.call(data::INCREMENT, config, |client: &mut Client<Increment, Increment>, turn| {
        let value = turn.rng.u64(..);
        let response = client.call_until(&Increment { value }, turn.deadline)?;
        assert_eq!(response.value(), value.wrapping_add(1));
        Ok(())
    });
}

fn batches(worker: Worker<'_>, config: ClientConfig) {
    worker.call(data::INCREMENT, config, |client: &mut Client<Increment, Increment>, turn| {
        let most = one_of(turn.rng, &[1, 10, 100, 1_000]);
        let requests: Vec<_> =
            (0..turn.rng.usize(1..=most)).map(|_| Increment { value: turn.rng.u64(..) }).collect();
        // A directory entry of 8 bytes and an item of 8.
        turn.answer_bytes = Some(16 * requests.len());
        let responses = client.call_batch_until(&requests, turn.deadline)?;
        assert_eq!(responses.len(), requests.len());
        for (response, request) in responses.iter().zip(&requests) {
            assert_eq!(response.value(), request.value.wrapping_add(1));
        }
        Ok(())
    });
}

fn strings(worker: Worker<'_>, config: ClientConfig) {
    worker.call(data::STRINGS, config, |client: &mut Client<StringReverse, StringReverse>, turn| {
        let most = 1 << turn.rng.u32(..19);
        let mut text = vec![0; turn.rng.usize(..most)];
        turn.rng.fill(&mut text);
        let request = StringReverseRef { text: &text };
        turn.answer_bytes = Some(request.encoded_len());
        let response = client.call_until(request, turn.deadline)?;
        assert!(response.text().iter().rev().eq(&text), "{} bytes came back wrong", text.len());
        Ok(())
    });
}

fn cgroups(worker: Worker<'_>, config: ClientConfig) {
    worker.call(data::CGROUPS, config, |client: &mut Client<CgroupsLookupRequest, CgroupsLookup>, turn| {
        let paths: Vec<_> = (0..keys(turn)).map(|_| format!("/soak/{}", turn.rng.u32(..))).collect();
        let keys: Vec<_> = paths.iter().map(|path| CgroupPathRef { path: path.as_bytes() }).collect();
        let found = client.call_lookup_until(&keys, turn.deadline)?;
        let generation = found.generation();
        turn.scene.assert_current(generation, turn.since);
        assert_eq!(found.items().len(), keys.len());
        for (item, path) in found.items().iter().zip(&paths) {
            let mut expected = data::cgroup(generation, path.as_bytes());
            if item.status() == PathStatus::OversizedItem {
                assert_oversized(expected.encoded_len());
                expected = data::unknown_cgroup(path.as_bytes(), PathStatus::OversizedItem);
            }
            assert_eq!(item.to_owned(), expected);
        }
        Ok(())
    });
}

fn processes(worker: Worker<'_>, config: ClientConfig) {
    worker.call(data::APPS, config, |client: &mut Client<AppsLookupRequest, AppsLookup>, turn| {
        let keys: Vec<_> = (0..keys(turn)).map(|_| Pid { pid: turn.rng.u32(..) }).collect();
        let found = client.call_lookup_until(&keys, turn.deadline)?;
        let generation = found.generation();
        turn.scene.assert_current(generation, turn.since);
        assert_eq!(found.items().len(), keys.len());
        for (item, key) in found.items().iter().zip(&keys) {
            let mut expected = data::app(generation, key.pid);
            if item.status() == ProcessStatus::OversizedItem {
                assert_oversized(expected.encoded_len());
                expected = data::unknown_app(key.pid, ProcessStatus::OversizedItem);
            }
            assert_eq!(item.to_owned(), expected);
        }
        Ok(())
    });
}

/// Keys of one lookup.
fn keys(turn: &mut Turn<'_>) -> usize {
    let most = one_of(turn.rng, &[1, 10, 100, 2_000]);
    turn.rng.usize(..=most)
}

/// An item of so many bytes fits in some responses and not in others.
fn assert_oversized(bytes: usize) {
    // The header of the response and the item's entry in the directory come before it.
    assert!(bytes + 24 > usize::try_from(SMALLEST_RESPONSE).unwrap(), "{bytes} bytes fit everywhere");
}
