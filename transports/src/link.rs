//! How whole messages move: the seam between what every session promises and how one transport keeps it.

use crate::Deadline;
use crate::buffer::Buffer;
use crate::envelope::MessageHeader;
use crate::session::{ReceiveError, SendError};

/// Whole messages in both directions, over packets or through shared memory. It knows nothing of limits, directions
/// and ids: a [channel](crate::session) judges those.
pub(crate) trait Link {
    /// Sends a message whose header announces this payload. Waits for room until the deadline; one that is past does
    /// not wait.
    fn send(&mut self, header: &MessageHeader, payload: &[u8], deadline: Deadline)
    -> Result<(), SendFailure>;

    /// Sends a message without ever waiting. What does not go out at once is kept, and [`Link::flush`] goes on with it.
    /// While something is kept no other message is taken.
    fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendFailure>;

    /// Sends what is kept, waiting for room until the deadline; one that is past does not wait. After
    /// [`SendFailure::NothingSent`] something still is kept.
    fn flush(&mut self, deadline: Deadline) -> Result<(), SendFailure>;

    /// Whether something is kept.
    fn has_unsent(&self) -> bool;

    /// Receives the next message into `buffer`, waiting for it until the deadline; one that is past does not wait.
    ///
    /// `admit` sees the header before the link makes room for the payload or reads more of it, and its error is the
    /// link's. After [`ReceiveError::TimedOut`] the next call goes on where this one was, in the same buffer; a header
    /// that was admitted is not shown again.
    ///
    /// A link reports what only it can see: a malformed header, payload that is not as announced, its own
    /// [violations](crate::Violation). [`ReceiveError::Closed`] means that the peer has ended in order, between messages.
    fn receive(
        &mut self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError>;

    /// Ends both directions: either side still reads what is on its way, and then the end. Never waits.
    fn shut_down(&mut self);

    /// Lets what was sent arrive although the peer still sends: says that no more will come, and reads away what there
    /// is until the peer has closed too, or until the deadline.
    fn linger(&mut self, deadline: Deadline);
}

/// Why a message did not go out.
#[derive(Debug)]
pub(crate) enum SendFailure {
    /// None of it has gone out, and the link is as it was.
    NothingSent(SendError),
    /// The link cannot send any more. After [`SendError::Disconnected`] it can still receive.
    Broken(SendError),
}

/// Makes an enum, each of whose variants is a link, a link.
macro_rules! one_of {
    ($name:ident { $($(#[$attribute:meta])* $variant:ident),* $(,)? }) => {
        impl $crate::link::Link for $name {
            #[inline(always)]
            fn send(
                &mut self,
                header: &$crate::envelope::MessageHeader,
                payload: &[u8],
                deadline: $crate::Deadline,
            ) -> Result<(), $crate::link::SendFailure> {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.send(header, payload, deadline),)*
                }
            }

            fn try_send(
                &mut self,
                header: &$crate::envelope::MessageHeader,
                payload: &[u8],
            ) -> Result<(), $crate::link::SendFailure> {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.try_send(header, payload),)*
                }
            }

            fn flush(&mut self, deadline: $crate::Deadline) -> Result<(), $crate::link::SendFailure> {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.flush(deadline),)*
                }
            }

            fn has_unsent(&self) -> bool {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.has_unsent(),)*
                }
            }

            #[inline(always)]
            fn receive(
                &mut self,
                buffer: &mut $crate::buffer::Buffer,
                admit: impl FnOnce(&$crate::envelope::MessageHeader) -> Result<(), $crate::session::ReceiveError>,
                deadline: $crate::Deadline,
            ) -> Result<$crate::envelope::MessageHeader, $crate::session::ReceiveError> {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.receive(buffer, admit, deadline),)*
                }
            }

            fn shut_down(&mut self) {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.shut_down(),)*
                }
            }

            fn linger(&mut self, deadline: $crate::Deadline) {
                match self {
                    $($(#[$attribute])* Self::$variant(link) => link.linger(deadline),)*
                }
            }
        }
    };
}

pub(crate) use one_of;
