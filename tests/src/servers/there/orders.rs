//! What the test's process and that of its servers say to each other.
//!
//! An order is for one of the objects there, which the test's process numbers. Those for a listener or a session are
//! done one after the other, since its owner has no more hands; the others are done at once. Each is answered.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use netipc_transport::{
    AcceptError, Credentials, ListenOptions, MessageHeader, ReceiveError, SendError, Status,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::wire::{
    Wait, WireAcceptError, WireCredentials, WireListenOptions, WireReceiveError, WireSendError, WireStatus,
    header,
};
use crate::servers::Terms;

#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    /// Its answer has the same number.
    pub(super) call: u64,
    /// The object.
    pub(super) object: u64,
    pub(super) what: What,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) call: u64,
    pub(super) reply: Reply,
}

#[derive(Serialize, Deserialize)]
pub(super) enum What {
    /// Makes the listener.
    Bind {
        run_dir: PathBuf,
        service: String,
        #[serde(with = "WireListenOptions")]
        options: ListenOptions,
    },
    Listener(ToListener),
    Session(ToSession),
    AtOnce(AtOnce),
}

#[derive(Serialize, Deserialize)]
pub(super) enum ToListener {
    /// Makes a session, and an abort that is not there yet.
    Accept {
        session: u64,
        wait: Wait,
        abort: u64,
    },
    RaiseResponseLimitTo(u32),
    /// Answers every request of every client from now on.
    Reverse,
    Drop,
}

#[derive(Serialize, Deserialize)]
pub(super) enum ToSession {
    Receive(Wait),
    Send {
        answer: WireAnswer,
        #[serde(with = "header")]
        to: MessageHeader,
        wait: Wait,
    },
    ReceiveCounted(Wait),
    RespondCounted {
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
        #[serde(with = "header")]
        to: MessageHeader,
        wait: Wait,
    },
    IsEnded,
    /// Makes a handle.
    Handle(u64),
    ReverseAll,
    Drop,
}

/// How a request is answered.
#[derive(Serialize, Deserialize)]
pub(super) enum WireAnswer {
    Respond(#[serde(with = "serde_bytes")] Vec<u8>),
    RespondBatch {
        item_count: u32,
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    Reject(#[serde(with = "WireStatus")] Status),
    Refuse(#[serde(with = "WireStatus")] Status),
}

/// What may be asked of an abort or a handle while others wait.
#[derive(Serialize, Deserialize)]
pub(super) enum AtOnce {
    Abort,
    Clear,
    DropAbort,
    Shutdown,
    ShutdownRead,
    DropHandle,
}

#[derive(Serialize, Deserialize)]
pub(super) enum Reply {
    Done,
    AddressInUse(Option<String>),
    NotBound(String),
    Accepted {
        terms: Terms,
        #[serde(with = "WireCredentials")]
        peer: Credentials,
    },
    NotAccepted(#[serde(with = "WireAcceptError")] AcceptError),
    Received {
        #[serde(with = "header")]
        header: MessageHeader,
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    NotReceived(#[serde(with = "WireReceiveError")] ReceiveError),
    NotSent(#[serde(with = "WireSendError")] SendError),
    /// What came of a call that made so many allocations, without a payload.
    Counted {
        allocations: usize,
        reply: Box<Reply>,
    },
    IsEnded(bool),
    /// It panicked, or there is no way to tell what came of it.
    Failed(String),
}

impl Reply {
    /// The end of a call that has no other outcome.
    pub(super) fn done(self) {
        match self {
            Self::Done => {}
            other => other.unexpected(),
        }
    }

    /// The end of a call that has other outcomes.
    pub(super) fn unexpected(self) -> ! {
        match self {
            Self::Failed(error) => panic!("in the process of the servers: {error}"),
            _ => panic!("an answer to another question"),
        }
    }
}

/// Writes the length of what is said, and it.
pub(super) fn say(output: &mut impl Write, said: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(said).map_err(io::Error::other)?;
    let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    output.write_all(&len.to_le_bytes())?;
    output.write_all(&bytes)?;
    output.flush()
}

/// What is said next; an error when no more is.
pub(super) fn hear<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<T> {
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    let mut bytes = vec![0; u32::from_le_bytes(len) as usize];
    input.read_exact(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(io::Error::other)
}
