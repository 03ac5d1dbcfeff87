//! A listener with its owner.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use netipc_transport::{Endpoint, ListenError, ListenOptions, Listener};

use super::super::orders::{Reply, ToListener};
use super::{Host, answer};
use crate::servers::Serving;
use crate::support::Reverser;

/// A listener, or the servers that it has become, with the thread that owns it.
pub(super) struct OwnedListener {
    host: Arc<Host>,
    listener: Option<Listener>,
    reverser: Option<Reverser>,
}

impl OwnedListener {
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self { host, listener: None, reverser: None }
    }

    pub(super) fn bind(&mut self, endpoint: &Endpoint, options: &ListenOptions) -> Reply {
        match Listener::bind(endpoint, options) {
            Ok(listener) => {
                self.listener = Some(listener);
                Reply::Done
            }
            Err(ListenError::AddressInUse { source, .. }) => {
                Reply::AddressInUse(source.map(|error| error.to_string()))
            }
            Err(error) => Reply::NotBound(format!("{error:?}")),
        }
    }

    pub(super) fn obey(&mut self, orders: &Receiver<(u64, ToListener)>) {
        for (call, order) in orders {
            answer(call, || self.act(&order));
        }
    }

    fn act(&mut self, order: &ToListener) -> Reply {
        match *order {
            ToListener::Accept { session: number, wait, abort } => {
                let abort = self.host.abort(abort);
                match self.listener().accept(wait.into(), &abort) {
                    Ok(session) => {
                        let (terms, peer) = (session.terms(), Serving::peer_credentials(&session));
                        self.host.own(number, session);
                        return Reply::Accepted { terms, peer };
                    }
                    Err(error) => return Reply::NotAccepted(error),
                }
            }
            ToListener::RaiseResponseLimitTo(bytes) => self.listener().response_limit().raise_to(bytes),
            ToListener::Reverse => self.reverser = self.listener.take().map(Reverser::start),
            ToListener::Drop => {
                self.listener = None;
                self.reverser = None;
            }
        }
        Reply::Done
    }

    fn listener(&mut self) -> &mut Listener {
        self.listener.as_mut().unwrap()
    }
}
