//! Servers in another process: what a test has here are proxies, which have everything done there.

mod listener;
mod object;
mod orders;
mod process;
mod program;
mod session;
mod wire;

use std::io;
use std::marker::PhantomData;

use netipc_transport::{Endpoint, ListenError, ListenOptions};

use listener::RemoteListener;
use object::Object;
use orders::{Reply, ToListener, What};
use process::Process;
pub use program::serve_orders;

use super::Servers;

/// The program that is to run in the other process: one that calls [`serve_orders`].
pub trait Program: Send + Sync + 'static {
    const PATH: &'static str;
}

/// The process that runs the program `P`, one for all tests of a process.
pub struct There<P>(PhantomData<P>);

impl<P: Program> Servers for There<P> {
    type Listener = RemoteListener;

    fn bind(endpoint: &Endpoint, options: &ListenOptions) -> Result<RemoteListener, ListenError> {
        let bind = What::Bind {
            run_dir: endpoint.run_dir().to_owned(),
            service: endpoint.service().to_owned(),
            options: *options,
        };
        let object = Object::new(Process::get(P::PATH), || What::Listener(ToListener::Drop));
        let endpoint = endpoint.clone();
        match object.call(bind) {
            Reply::Done => Ok(RemoteListener::new(object)),
            Reply::AddressInUse(why) => {
                Err(ListenError::AddressInUse { endpoint, source: why.map(io::Error::other) })
            }
            Reply::NotBound(why) => Err(ListenError::Io { endpoint, source: io::Error::other(why) }),
            other => other.unexpected(),
        }
    }

    fn process_id() -> u32 {
        Process::get(P::PATH).id()
    }
}
