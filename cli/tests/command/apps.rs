//! A provider of apps-lookup in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netipc::messages::{AppLookupItemRef, AppsLookup, AppsLookupRequest, ProcessStatus};
use netipc::{Endpoint, Server, ServerConfig};

use crate::running::Host;

pub(crate) type Apps = Server<AppsLookupRequest, AppsLookup>;

/// Knows every process; its generation is what `generation` makes of the number of the request. Gives how many requests there
/// were, too.
pub(crate) fn serve(
    host: &Host,
    generation: impl Fn(u64) -> u64 + Send + Sync + 'static,
) -> (Apps, Arc<AtomicU64>) {
    let requests = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&requests);
    let endpoint = Endpoint::new(host.path(), "apps-lookup").expect("a short path");
    let server = Apps::spawn(endpoint, ServerConfig::default(), move |request, response, _| {
        response.generation(generation(count.fetch_add(1, Ordering::Relaxed)));
        for key in request.pids() {
            response.items().push(AppLookupItemRef {
                status: ProcessStatus::Known,
                pid: key.pid(),
                comm: b"init",
                cgroup_path: b"/",
                ..AppLookupItemRef::default()
            })?;
        }
        Ok(())
    });
    (server.expect("the endpoint is free"), requests)
}
