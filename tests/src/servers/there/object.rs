//! Something in the other process.

use std::thread;

use super::orders::{Reply, What};
use super::process::Process;

/// Something in the other process, which is dropped there when this is.
#[derive(Debug)]
pub(super) struct Object {
    process: &'static Process,
    number: u64,
    drop: fn() -> What,
}

impl Object {
    /// One that an order is yet to make.
    pub(super) fn new(process: &'static Process, drop: fn() -> What) -> Self {
        Self { process, number: process.number(), drop }
    }

    /// Another one in the same process.
    pub(super) fn beside(&self, drop: fn() -> What) -> Self {
        Self::new(self.process, drop)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn call(&self, what: What) -> Reply {
        self.process.call(self.number, what)
    }
}

impl Drop for Object {
    /// Returns when it is gone.
    fn drop(&mut self) {
        let reply = self.process.try_call(self.number, (self.drop)());
        // Without its process it is gone as well.
        if let Some(reply) = reply
            && !thread::panicking()
        {
            reply.done();
        }
    }
}
