//! What a snapshot cache needs of its client besides the public API: the bytes behind the view, one deadline for
//! connecting and calling, and the reason why there is no session.

use netipc_codec::{Answers, Encode, MethodMessage};
use netipc_transport::{ConnectError, Deadline};

use super::{CallError, Client, ClientState};

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// When a call that begins now has to be done.
    pub(crate) fn call_deadline(&self) -> Deadline {
        Deadline::after(self.connection.config.call_timeout())
    }

    /// Connects if there is no session, by the deadline or within the handshake timeout, whatever is earlier.
    pub(crate) fn connect_if_needed(&mut self, deadline: Deadline) -> Result<(), ConnectError> {
        let connection = &mut self.connection;
        if connection.is_ready() {
            return Ok(());
        }
        let deadline = deadline.earlier(Deadline::after(connection.config.handshake_timeout()));
        connection
            .connect_anew(deadline)
            .inspect_err(|error| connection.status.state = ClientState::after(error))
    }

    /// As [`call_until`](Client::call_until), of a client that [`connect_if_needed`](Self::connect_if_needed) has just
    /// found or made ready.
    pub(crate) fn call_connected(
        &mut self,
        request: impl Encode<Message = Req>,
        deadline: Deadline,
    ) -> Result<Resp::View<'_>, CallError> {
        self.call_until(request, deadline).map_err(|error| match error {
            // Nothing else ends a session between two steps.
            CallError::NotReady { .. } => CallError::Aborted,
            error => error,
        })
    }

    /// The payload of the last call's response, which was checked.
    pub(crate) fn payload(&self) -> &[u8] {
        self.connection.payload()
    }

    /// Gives the session up, if a failure has left one.
    pub(crate) fn give_up(&mut self) {
        self.connection.break_session();
    }
}
