//! What is at an endpoint of this process.

use std::sync::Arc;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::{Drained, Endpoint, ListenError, Server, ServerConfig, ServerStatus};

use super::handlers::{self, State};
use super::raw::{Bound, Mute};
use super::{INCREMENT, LOOKUP, REVERSE, SNAPSHOT};
use crate::common::{LONG, Peer};

pub(super) enum Served {
    Managed(Box<dyn Managed>),
    Bare(Peer),
    Bound(Bound),
    Mute(Mute),
}

/// A managed server, whatever its messages are.
pub(super) trait Managed: Send {
    fn stop(self: Box<Self>);
    fn drain(self: Box<Self>, time: Duration) -> Drained;
    fn status(&self) -> ServerStatus;
}

impl<Req: MethodMessage, Resp: Answers<Req>> Managed for Server<Req, Resp> {
    fn stop(self: Box<Self>) {
        Self::stop(*self);
    }

    fn drain(self: Box<Self>, time: Duration) -> Drained {
        Self::drain(*self, time)
    }

    fn status(&self) -> ServerStatus {
        Self::status(self)
    }
}

impl Served {
    pub(super) fn managed(
        service: &str,
        endpoint: Endpoint,
        config: ServerConfig,
        state: &Arc<State>,
    ) -> Result<Self, ListenError> {
        let state = Arc::clone(state);
        Ok(Self::Managed(match service {
            INCREMENT => Box::new(handlers::increment(endpoint, config, state)?),
            REVERSE => Box::new(handlers::reverse(endpoint, config, state)?),
            LOOKUP => Box::new(handlers::lookup(endpoint, config, state)?),
            SNAPSHOT => Box::new(handlers::snapshot(endpoint, config, state)?),
            _ => panic!("no such service: {service}"),
        }))
    }

    /// A number of a managed server's status.
    pub(super) fn count(&self, what: &str) -> u64 {
        let Self::Managed(server) = self else { panic!("only a managed server counts") };
        let status = server.status();
        match what {
            "sessions" => status.sessions as u64,
            "accepted" => status.accepted,
            "refused" => status.refused,
            "requests" => status.requests,
            "unsupported" => status.unsupported,
            "bad-envelope" => status.bad_envelope,
            "limit-exceeded" => status.limit_exceeded,
            "internal-error" => status.internal_error,
            "response" => status.max_response_payload_bytes.into(),
            _ => panic!("nothing of that name is counted: {what}"),
        }
    }

    pub(super) fn drain(self, time: Duration) -> Drained {
        let Self::Managed(server) = self else { panic!("only a managed server is drained") };
        server.drain(time)
    }

    pub(super) fn stop(self) {
        match self {
            Self::Managed(server) => server.stop(),
            other => other.end(),
        }
    }

    /// Ends it when handlers have returned.
    pub(super) fn end(self) {
        match self {
            Self::Managed(server) => assert_eq!(server.drain(LONG), Drained::Complete),
            Self::Bare(peer) => drop(peer),
            Self::Bound(bound) => bound.end(),
            Self::Mute(mute) => mute.end(),
        }
    }
}
