//! Level 3: the last good copy of a data set, kept in the process and looked up there. On Level 2 alone, generic over
//! messages.
//!
//! Contract: `docs/contract/snapshot.md`.

mod config;
mod error;
mod guard;
mod index;
mod memory;
mod reader;
mod set;
mod status;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use netipc_codec::{Answers, MethodMessage, Snapshot};
use netipc_transport::{Abort, Deadline, Endpoint};

use crate::Client;

pub use config::CacheConfig;
pub use error::RefreshError;
pub use guard::CacheGuard;
pub use reader::CacheReader;
use set::Set;
pub use status::{CacheStatus, Refreshed};

/// Keeps the last good snapshot of a service in this process, for lookups by key in hot loops.
///
/// The caller drives [`refresh`](Self::refresh), from its own loop: it connects if needed, fetches the whole snapshot
/// and publishes it. A refresh that fails leaves everything as it was and says why. Readers,
/// [here](Self::read) or [in other threads](Self::reader), never wait for a refresh, nor does a refresh for them: a
/// guard keeps what it sees.
///
/// ```
/// use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
/// use netipc::{ClientConfig, Endpoint, Server, ServerConfig, SnapshotCache};
///
/// let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "cgroups-snapshot")?;
/// let mut cache =
///     SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(endpoint.clone(), ClientConfig::default());
/// assert!(cache.refresh().is_err(), "nobody serves it yet");
///
/// let server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
///     endpoint,
///     ServerConfig::default(),
///     |_request, response, _context| {
///         let web = CgroupRef { hash: 7, name: b"web", path: b"/sys/fs/cgroup/web", ..CgroupRef::default() };
///         response.cgroups().push(web)?;
///         Ok(())
///     },
/// )?;
/// cache.refresh()?;
/// let guard = cache.read();
/// assert_eq!(guard.get((7, b"web")).expect("it is there").path(), "/sys/fs/cgroup/web");
/// assert!(guard.get((7, b"db")).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Memory
///
/// A snapshot is kept as its payload and an index, of at most 48 bytes for each item or 12 KiB, whichever is more. While
/// guards hold older ones, those stay; of the others the cache keeps the last one, whose memory the next refresh uses, up to
/// four times of what it needs.
///
/// Contract: `docs/contract/snapshot.md`.
pub struct SnapshotCache<Req: MethodMessage, Resp: Answers<Req> + Snapshot> {
    client: Client<Req, Resp>,
    request: Req,
    skip_unchanged: bool,
    reader: CacheReader<Resp>,
    /// What was published before, and is filled again when no guard holds it any more.
    spare: Option<Arc<Set<Resp>>>,
    refreshes: u64,
    failures: u64,
    last_success: Option<Instant>,
}

impl<Req: MethodMessage, Resp: Answers<Req> + Snapshot> SnapshotCache<Req, Resp> {
    /// A cache of the service at `endpoint`, empty until the first refresh that succeeds. Connects nothing and needs no
    /// provider. `config` is a [`CacheConfig`] or a [`ClientConfig`](crate::ClientConfig).
    #[must_use]
    pub fn new(endpoint: Endpoint, config: impl Into<CacheConfig>) -> Self
    where
        Req: Default,
    {
        Self::with_request(endpoint, Req::default(), config)
    }

    /// The same, for a request with fields: each refresh sends this one.
    #[must_use]
    pub fn with_request(endpoint: Endpoint, request: Req, config: impl Into<CacheConfig>) -> Self {
        let CacheConfig { client, skip_unchanged } = config.into();
        Self {
            client: Client::new(endpoint, client),
            request,
            skip_unchanged,
            reader: CacheReader::new(),
            spare: None,
            refreshes: 0,
            failures: 0,
            last_success: None,
        }
    }

    /// The service.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        self.client.endpoint()
    }

    /// Connects if there is no session, fetches the whole snapshot and shows it to all readers, within the call timeout
    /// of the configuration.
    ///
    /// # Errors
    /// [`RefreshError`]: readers see what they saw before, and there is no session any more. The next refresh connects.
    pub fn refresh(&mut self) -> Result<Refreshed, RefreshError> {
        self.refresh_until(self.client.call_deadline())
    }

    /// As [`refresh`](Self::refresh), with a deadline of its own for all of it, connecting included.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub fn refresh_until(&mut self, deadline: Deadline) -> Result<Refreshed, RefreshError> {
        match self.try_refresh(deadline) {
            Ok(refreshed) => {
                self.refreshes += 1;
                self.last_success = Some(Instant::now());
                Ok(refreshed)
            }
            Err(error) => {
                self.client.give_up();
                self.failures += 1;
                Err(error)
            }
        }
    }

    fn try_refresh(&mut self, deadline: Deadline) -> Result<Refreshed, RefreshError> {
        self.client.connect_if_needed(deadline)?;
        let generation = Resp::generation(self.client.call_connected(&self.request, deadline)?);
        if self.skip_unchanged && generation.is_some() && self.read().generation() == generation {
            return Ok(Refreshed::Unchanged);
        }
        // Readers see it when it is complete.
        let mut next = self.spare.take().unwrap_or_else(|| Arc::new(Set::new()));
        if Arc::get_mut(&mut next).is_none() {
            // A guard holds it still, and gives it back.
            next = Arc::new(Set::new());
        }
        let filled = match Arc::get_mut(&mut next) {
            Some(set) => set.fill(self.client.payload()),
            None => Ok(()),
        };
        if let Err(shared) = filled {
            self.spare = Some(next);
            return Err(RefreshError::SharedKeys { payload: shared.payload });
        }
        self.spare = Some(self.reader.publish(next));
        Ok(Refreshed::Replaced)
    }

    /// Whether a refresh has ever succeeded; not whether there is a session. A cached value: no system call.
    #[must_use]
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.refreshes > 0
    }

    /// The snapshot of the last refresh that succeeded, for as long as the guard lives. Costs a few nanoseconds: take one
    /// for a loop, not one for each lookup. It does not borrow the cache, which may be refreshed meanwhile.
    #[must_use]
    #[inline]
    pub fn read(&self) -> CacheGuard<Resp> {
        self.reader.read()
    }

    /// Reads from other threads.
    #[must_use]
    pub fn reader(&self) -> CacheReader<Resp> {
        self.reader.clone()
    }

    /// The connection, what is published, and how refreshes went.
    #[must_use]
    pub fn status(&self) -> CacheStatus {
        let guard = self.read();
        CacheStatus {
            connection: self.client.status(),
            items: guard.len(),
            generation: guard.generation(),
            refreshes: self.refreshes,
            failures: self.failures,
            last_success: self.last_success,
            heap_bytes: guard.heap_bytes(),
        }
    }

    /// A handle by which any other thread ends the refresh in progress, and later ones, until it is
    /// [cleared](Abort::clear). Readers do not notice.
    #[must_use]
    pub fn abort_handle(&self) -> Abort {
        self.client.abort_handle()
    }

    /// Ends the session, if there is one. Readers go on to see what is published; the next [`refresh`](Self::refresh)
    /// connects.
    pub fn close(&mut self) {
        self.client.close();
    }
}

impl<Req: MethodMessage, Resp: Answers<Req> + Snapshot> fmt::Debug for SnapshotCache<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotCache")
            .field("endpoint", self.endpoint())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
