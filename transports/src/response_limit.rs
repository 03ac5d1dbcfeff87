//! The response limit that a server offers, which grows while it serves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The largest response payload that a listener offers to the sessions it makes from now on, in bytes. Sessions that
/// exist keep theirs. A server whose response did not fit raises it, and the client that comes again gets the new one.
///
/// All clones are the same limit. Contract: `docs/contract/envelope.md`, "Negotiation".
///
/// ```
/// # use netipc_transport::{Endpoint, ListenOptions, Listener};
/// # let directory = tempfile::tempdir()?;
/// # let endpoint = Endpoint::new(directory.path(), "web")?;
/// let listener = Listener::bind(&endpoint, &ListenOptions::default())?;
/// let limit = listener.response_limit();
/// limit.raise_to(2 * limit.get());
/// limit.raise_to(1);
/// assert_eq!(limit.get(), 131_072);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ResponseLimit(Arc<AtomicU32>);

impl ResponseLimit {
    pub(crate) fn new(bytes: u32) -> Self {
        Self(Arc::new(AtomicU32::new(bytes)))
    }

    /// The limit as it is now.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Offers at least `bytes` from now on. A limit that is larger already stays.
    pub fn raise_to(&self, bytes: u32) {
        self.0.fetch_max(bytes, Ordering::Relaxed);
    }
}
