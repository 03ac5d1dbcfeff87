//! A server's end of a pipe, before it is a session's.

use std::io;
use std::sync::Arc;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_NO_DATA, ERROR_OPERATION_ABORTED, ERROR_PIPE_BUSY,
};

use crate::defaults;
use crate::listener::FIRST_PACKET;
use crate::windows::pipe::packet_size;
use crate::windows::sys::{
    ClosableHandle, Event, NewInstance, Operation, SecurityDescriptor, code, disconnect,
};
use crate::{Endpoint, ListenError, ListenOptions};

/// How the instances of an endpoint's pipe are made.
#[derive(Debug)]
pub(super) struct Mould {
    endpoint: Endpoint,
    security: SecurityDescriptor,
    buffer_bytes: u32,
    /// Signalled when an operation on an instance may be complete.
    changed: Arc<Event>,
}

/// An instance of a pipe, and the one operation that is in progress on it: waiting for a client, or for what that says.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) pipe: Arc<ClosableHandle>,
    pub(super) operation: Operation,
}

impl Mould {
    pub(super) fn new(
        endpoint: &Endpoint,
        options: &ListenOptions,
        changed: &Arc<Event>,
    ) -> io::Result<Self> {
        Ok(Self {
            endpoint: endpoint.clone(),
            security: SecurityDescriptor::new()?,
            buffer_bytes: buffer_bytes(options.packet_size),
            changed: Arc::clone(changed),
        })
    }

    /// The first instance, which there is only if nobody else has the name.
    pub(super) fn first(&self) -> Result<Instance, ListenError> {
        self.make(NewInstance::first).map_err(|source| not_first(source, &self.endpoint))
    }

    /// One more instance.
    pub(super) fn next(&self) -> io::Result<Instance> {
        self.make(NewInstance::next)
    }

    /// From here on there is room for so little that a write waits for its reader.
    #[cfg(test)]
    pub(super) fn cramp(&mut self) {
        self.buffer_bytes = 1;
    }

    fn make<'a>(
        &'a self,
        new: fn(&str, u32, &'a SecurityDescriptor) -> NewInstance<'a>,
    ) -> io::Result<Instance> {
        let handle = new(self.endpoint.pipe_name(), self.buffer_bytes, &self.security).create()?;
        let pipe = Arc::new(ClosableHandle::new(handle));
        let operation = Operation::new(Arc::clone(&pipe), Arc::clone(&self.changed), FIRST_PACKET);
        Ok(Instance { pipe, operation })
    }
}

/// Bytes of each of a pipe's two buffers: so that a response of the default limit, which is more than one packet, need not
/// wait until its client reads. Windows takes no more memory than is used.
fn buffer_bytes(configured_packet_size: u32) -> u32 {
    packet_size(configured_packet_size).max(defaults::PACKET_SIZE).saturating_mul(2)
}

/// Why there is no first instance.
fn not_first(source: io::Error, endpoint: &Endpoint) -> ListenError {
    let endpoint = endpoint.clone();
    match code(&source) {
        // The first is what Windows says of a name that somebody has, be it a client alone; the second, where that pipe has as
        // many instances as it may have.
        ERROR_ACCESS_DENIED | ERROR_PIPE_BUSY => ListenError::AddressInUse { endpoint, source: Some(source) },
        _ => ListenError::Io { endpoint, source },
    }
}

impl Instance {
    /// Whether a client has connected. If not, it waits for one from now on.
    pub(super) fn has_client(&mut self) -> io::Result<bool> {
        loop {
            let result = match self.operation.finish() {
                Some(result) => result.map(Some),
                None => self.operation.connect(),
            };
            match result {
                Ok(connected) => return Ok(connected.is_some()),
                // One that has gone again. There may be something to read from it.
                Err(error) if code(&error) == ERROR_NO_DATA => return Ok(true),
                // The thread that began to wait has ended.
                Err(error) if code(&error) == ERROR_OPERATION_ABORTED => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether [`Instance::has_client`] has something new to say, or does not wait for a client yet.
    pub(super) fn is_ready(&self) -> bool {
        !self.operation.is_in_progress() || self.operation.is_complete()
    }

    /// Throws its client out, so that it can wait for another one.
    pub(super) fn disconnect(&self) {
        if let Some(pipe) = self.pipe.enter() {
            // Fails only where there is no client.
            let _ = disconnect(pipe.handle());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_hold_a_packet_and_the_largest_response_of_the_defaults() {
        assert!(buffer_bytes(0) >= 2 * defaults::PACKET_SIZE);
        assert!(buffer_bytes(64) >= defaults::PACKET_SIZE);
        assert!(buffer_bytes(1 << 20) >= 1 << 20);
        assert_eq!(buffer_bytes(u32::MAX), u32::MAX);
    }

    // Which of these Windows says cannot be tried under Wine, where every instance may be the first.

    #[test]
    fn a_name_that_somebody_has_is_in_use() {
        let endpoint = Endpoint::new("run", "web").unwrap();
        for code in [ERROR_ACCESS_DENIED, ERROR_PIPE_BUSY] {
            let error = not_first(io::Error::from_raw_os_error(code.cast_signed()), &endpoint);
            assert!(matches!(error, ListenError::AddressInUse { .. }), "{error}");
            assert!(error.to_string().contains("a client of an earlier one"), "{error}");
        }
        let error = not_first(io::Error::from_raw_os_error(8), &endpoint);
        assert!(matches!(error, ListenError::Io { .. }), "{error}");
    }
}
