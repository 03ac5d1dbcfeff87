//! Nothing allocates in the steady state, in a client's call and in a server's loop alike (docs/contract/transport.md,
//! "Messages"). The counter sees every thread of this process, and client and server are both in it.

use crate::common::{Place, client_config, reverse, server_config};
use netipc::messages::{
    CgroupLookupItemRef, CgroupPathRef, CgroupRef, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, StringReverse, StringReverseRef,
};
use netipc::{Client, ClientConfig, Server, ServerConfig};
use netipc_tests::support::allocations::{Counting, in_all_threads};

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations `work` makes, in all threads, after it has been done some times.
fn allocations(mut work: impl FnMut()) -> usize {
    for _ in 0..100 {
        work();
    }
    let before = in_all_threads();
    for _ in 0..1_000 {
        work();
    }
    in_all_threads() - before
}

// One test, so that no other one allocates meanwhile.
#[test]
fn calls_of_every_message_allocate_nothing_on_either_side() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    let count = allocations(|| {
        assert_eq!(client.call(&Increment { value: 1 }).expect("served").value(), 2);
    });
    assert_eq!(count, 0, "INCREMENT");
    server.stop();

    // A packet size that makes chunks of both messages.
    let config = ServerConfig { packet_size: 256, ..server_config() };
    let server =
        Server::<StringReverse, StringReverse>::spawn(place.endpoint(), config, |request, response, _| {
            reverse(request, response);
            Ok(())
        })
        .expect("the endpoint is free");
    let mut client = Client::<StringReverse, StringReverse>::new(place.endpoint(), client_config());
    client.refresh();
    let text = [b'x'; 900];
    let count = allocations(|| {
        assert_eq!(client.call(StringReverseRef { text: &text }).expect("served").text(), &text[..]);
    });
    assert_eq!(count, 0, "STRING_REVERSE in chunks");
    server.stop();

    let server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
        place.endpoint(),
        server_config(),
        |_, response, _| {
            for _ in 0..16 {
                response.cgroups().push(CgroupRef {
                    hash: 1,
                    name: b"web",
                    path: b"/web",
                    ..CgroupRef::default()
                })?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client =
        Client::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(place.endpoint(), client_config());
    client.refresh();
    let count = allocations(|| {
        let snapshot = client.call(&CgroupsSnapshotRequest {}).expect("served");
        assert!(snapshot.cgroups().iter().all(|cgroup| cgroup.name() == "web" && cgroup.path() == "/web"));
        assert_eq!(snapshot.cgroups().len(), 16);
    });
    assert_eq!(count, 0, "CGROUPS_SNAPSHOT");
    server.stop();

    batches();
    lookups();
}

fn batches() {
    let place = Place::new();
    let _server = place.incrementer();
    let config = ClientConfig { max_request_batch_items: 50, ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    client.refresh();
    let requests: Vec<_> = (0..50).map(|value| Increment { value }).collect();
    let count = allocations(|| {
        let responses = client.call_batch(&requests).expect("served");
        assert!(responses.iter().map(|response| response.value()).eq(1..=50));
    });
    assert_eq!(count, 0, "a batch");
}

fn lookups() {
    let place = Place::new();
    let config = ServerConfig { max_response_payload_bytes: 2_048, ..server_config() };
    let _server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        config,
        |request, response, _| {
            for key in request.paths() {
                let item =
                    CgroupLookupItemRef { path: key.path(), name: b"web", ..CgroupLookupItemRef::default() };
                response.items().push(item)?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client = Client::<CgroupsLookupRequest, CgroupsLookup>::new(place.endpoint(), client_config());
    client.refresh();
    // In one message, and in several.
    for keys in [10, 100] {
        let keys = vec![CgroupPathRef { path: b"/web" }; keys];
        let count = allocations(|| {
            let found = client.call_lookup(&keys).expect("served");
            assert_eq!(found.items().len(), keys.len());
            assert!(found.items().iter().all(|item| item.name() == "web"));
        });
        assert_eq!(count, 0, "a lookup of {} keys", keys.len());
    }
}
