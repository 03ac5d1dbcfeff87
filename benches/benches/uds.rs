//! A round trip over UDS: the bare system calls, Level 1, Level 2. The bare exchange is the floor; only the ratio to it
//! means anything on a virtual machine.
#![allow(missing_docs, reason = "a benchmark has no API")]

use std::thread;

use divan::Bencher;
use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest, Increment};
use netipc::transport::{ClientSession, ConnectOptions, ListenOptions, Listener};
use netipc::{Abort, Client, ClientConfig, Deadline, Endpoint, Server, ServerConfig};
use netipc_floor::socket;
use rustix::thread::{CpuSet, sched_setaffinity};
use tempfile::TempDir;

fn main() {
    divan::main();
}

const PLACEMENTS: [&str; 2] = ["one-cpu", "two-cpus"];

/// Puts the calling thread, and those that it starts, on one CPU.
fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set).expect("this machine has that CPU");
}

/// Runs `start` where the serving side belongs, and leaves this thread where the calling side does.
fn placed<T>(placement: &str, start: impl FnOnce() -> T) -> T {
    pin(usize::from(placement == "two-cpus"));
    let started = start();
    pin(0);
    started
}

fn endpoint() -> (TempDir, Endpoint) {
    let directory = tempfile::tempdir().expect("a directory");
    let endpoint = Endpoint::new(directory.path(), "bench").expect("a short path");
    (directory, endpoint)
}

/// 40 bytes each way, the length of an INCREMENT message: one send and one receive a side.
#[divan::bench(args = PLACEMENTS, sample_size = 1000)]
fn ping_pong_bare(bencher: Bencher<'_, '_>, placement: &str) {
    let (ours, theirs) = socket::pair().expect("two sockets");
    let answering = placed(placement, || thread::spawn(move || socket::answer(theirs)));
    let mut caller = socket::Caller::new(ours).expect("an end");
    bencher.bench_local(|| caller.exchange(40).expect("the peer answers"));
    drop(caller);
    answering.join().expect("it does not panic").expect("it ends in order");
}

#[divan::bench(args = PLACEMENTS, sample_size = 1000)]
fn ping_pong_level_1(bencher: Bencher<'_, '_>, placement: &str) {
    let (_directory, endpoint) = endpoint();
    let mut listener = Listener::bind(&endpoint, &ListenOptions::default()).expect("it is free");
    let server = placed(placement, || {
        thread::spawn(move || {
            let mut session = listener.accept(Deadline::NEVER, &Abort::new()).expect("a client comes");
            let mut answer = [0u8; 8];
            while let Ok(message) = session.receive(Deadline::NEVER) {
                let header = message.header;
                answer.copy_from_slice(message.payload);
                session.respond(header, &answer, Deadline::NEVER).expect("the client reads");
            }
        })
    });
    let mut client =
        ClientSession::connect(&endpoint, &ConnectOptions::default(), Deadline::NEVER, &Abort::new())
            .expect("it is served");
    let mut id = 0;
    bencher.bench_local(|| {
        id += 1;
        client.send(1, id, &[7; 8], Deadline::NEVER).expect("the server reads");
        assert_eq!(client.receive(Deadline::NEVER).expect("it is answered").payload.len(), 8);
    });
    drop(client);
    server.join().expect("it does not panic");
}

#[divan::bench(args = PLACEMENTS, sample_size = 1000)]
fn ping_pong_level_2(bencher: Bencher<'_, '_>, placement: &str) {
    let (_directory, endpoint) = endpoint();
    let _server = placed(placement, || {
        Server::<Increment, Increment>::spawn(
            endpoint.clone(),
            ServerConfig::default(),
            |request, response, _| {
                response.value(request.value().wrapping_add(1));
                Ok(())
            },
        )
        .expect("it is free")
    });
    let mut client = Client::<Increment, Increment>::new(endpoint, ClientConfig::default());
    client.refresh();
    let mut value = 0;
    bencher.bench_local(|| {
        value = client.call(&Increment { value }).expect("it is served").value();
    });
}

#[divan::bench(args = PLACEMENTS, sample_size = 100)]
fn snapshot_of_16_level_2(bencher: Bencher<'_, '_>, placement: &str) {
    let (_directory, endpoint) = endpoint();
    let _server = placed(placement, || {
        Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
            endpoint.clone(),
            ServerConfig::default(),
            |_, response, _| {
                response.cgroups().expect(16);
                for hash in 0..16 {
                    let path = b"/sys/fs/cgroup/system.slice/docker-0123456789abcdef.scope";
                    response.cgroups().push(CgroupRef {
                        hash,
                        options: 0,
                        enabled: 1,
                        name: b"docker-0123456789abcdef",
                        path,
                    })?;
                }
                Ok(())
            },
        )
        .expect("it is free")
    });
    let mut client =
        Client::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(endpoint, ClientConfig::default());
    client.refresh();
    bencher.bench_local(|| {
        let snapshot = client.call(&CgroupsSnapshotRequest {}).expect("it is served");
        snapshot.cgroups().iter().map(|cgroup| cgroup.name().len() + cgroup.path().len()).sum::<usize>()
    });
}
