//! The provider: a process that serves all services until it is killed, or until its standard input ends.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, StringReverse,
};
use netipc::{Drained, Endpoint, HandlerResult, Server, ServerConfig};

use crate::arguments::Provided;
use crate::data;
use crate::limits;
use crate::remains::Remains;

/// Far more than sessions need to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends a service in order.
type End = Box<dyn FnOnce() -> Drained>;

pub(crate) fn provide(provided: &Provided) {
    // Files may be there that a provider before it has left.
    let count = || Remains::count(&provided.run_dir).without_names();
    let before = count();
    let ends = serve(provided);
    println!("serving");
    let _ = io::stdin().read(&mut [0]);
    if !provided.run_dir.exists() {
        // The soak has failed, and said why.
        return;
    }
    for end in ends {
        assert_eq!(end(), Drained::Complete);
    }
    // A session is over before its thread is quite gone.
    let began = Instant::now();
    loop {
        let after = count();
        if after == before {
            break;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "of the sessions {after:?} is left, and {before:?} was there before"
        );
        thread::sleep(Duration::from_millis(1));
    }
}

fn serve(provided: &Provided) -> Vec<End> {
    let Provided { run_dir, boot, seed, is_for_good } = provided;
    let mut rng = Rng::with_seed(*seed);
    let mut at = |service| {
        let config = if *is_for_good { limits::generous() } else { limits::drawn(&mut rng) };
        (Endpoint::new(run_dir, service).unwrap(), config)
    };
    let mishaps = Arc::new(Mishaps { requests: AtomicU64::new(0), are_over: *is_for_good });
    let generation = data::generation(*boot, 0);
    vec![
        increment(at(data::INCREMENT), Arc::clone(&mishaps)),
        strings(at(data::STRINGS), Arc::clone(&mishaps)),
        cgroups(at(data::CGROUPS), Arc::clone(&mishaps), generation),
        apps(at(data::APPS), Arc::clone(&mishaps), generation),
        snapshot(at(data::SNAPSHOT), mishaps, *boot),
    ]
}

fn increment((endpoint, config): (Endpoint, ServerConfig), mishaps: Arc<Mishaps>) -> End {
    let server = Server::<Increment, Increment>::spawn(endpoint, config, move |request, response, _| {
        mishaps.happen()?;
        response.value(request.value().wrapping_add(1));
        Ok(())
    });
    end(server.unwrap())
}

fn strings((endpoint, config): (Endpoint, ServerConfig), mishaps: Arc<Mishaps>) -> End {
    let server =
        Server::<StringReverse, StringReverse>::spawn(endpoint, config, move |request, response, _| {
            mishaps.happen()?;
            response.text_with(request.text().len(), |place| {
                place.copy_from_slice(request.text());
                place.reverse();
            });
            Ok(())
        });
    end(server.unwrap())
}

fn cgroups((endpoint, config): (Endpoint, ServerConfig), mishaps: Arc<Mishaps>, generation: u64) -> End {
    let server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        endpoint,
        config,
        move |request, response, _| {
            mishaps.happen()?;
            response.generation(generation);
            for key in request.paths() {
                data::with_cgroup(&data::cgroup(generation, key.path()), |item| response.items().push(item))?;
            }
            Ok(())
        },
    );
    end(server.unwrap())
}

fn apps((endpoint, config): (Endpoint, ServerConfig), mishaps: Arc<Mishaps>, generation: u64) -> End {
    let server =
        Server::<AppsLookupRequest, AppsLookup>::spawn(endpoint, config, move |request, response, _| {
            mishaps.happen()?;
            response.generation(generation);
            for key in request.pids() {
                data::with_app(&data::app(generation, key.pid()), |item| response.items().push(item))?;
            }
            Ok(())
        });
    end(server.unwrap())
}

fn snapshot((endpoint, config): (Endpoint, ServerConfig), mishaps: Arc<Mishaps>, boot: u64) -> End {
    let served = AtomicU64::new(0);
    let answer = move |_: netipc::messages::CgroupsSnapshotRequestView<'_>,
                       response: &mut netipc::messages::CgroupsSnapshotBuilder<'_>,
                       _: &netipc::Context| {
        mishaps.happen()?;
        // Each list is given some times.
        let list = data::snapshot(data::generation(boot, served.fetch_add(1, Ordering::Relaxed) / 8));
        response.generation(list.generation);
        response.systemd_enabled(list.systemd_enabled);
        response.cgroups().extend(&list.cgroups)?;
        Ok(())
    };
    end(Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(endpoint, config, answer).unwrap())
}

fn end<Req, Resp>(server: Server<Req, Resp>) -> End
where
    Req: netipc::codec::MethodMessage + 'static,
    Resp: netipc::codec::Answers<Req> + 'static,
{
    Box::new(move || server.drain(PATIENCE))
}

/// What goes wrong in handlers now and then: some fail, and some take long.
struct Mishaps {
    requests: AtomicU64,
    are_over: bool,
}

impl Mishaps {
    fn happen(&self) -> HandlerResult {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        if self.are_over {
            return Ok(());
        }
        if request % 401 == 400 {
            thread::sleep(Duration::from_millis(request % 20));
        }
        if request % 997 == 996 { Err("one handler in a thousand fails".into()) } else { Ok(()) }
    }
}
