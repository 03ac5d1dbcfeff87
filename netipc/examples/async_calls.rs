//! Calls from tasks of tokio: Level 1 in an `AsyncFd`, the codec on top. No thread ever waits in a call.
//!
//! `cargo run -p netipc --example async_calls`
//!
//! A program with a thread to spare calls [`netipc::Client`] in `spawn_blocking` instead, and gets growth, retries
//! and lookups without writing them.

use std::error::Error;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use netipc::codec::MethodMessage;
use netipc::messages::{StringReverse, StringReverseRef};
use netipc::transport::{ClientSession, ConnectOptions, MessageHeader, Progress};
use netipc::{
    Abort, ConnectError, Deadline, DecodeError, Encode, EncodeError, Endpoint, ReceiveError, SendError,
    Server, ServerConfig, Status, WireMessage,
};
use tokio::io::unix::AsyncFd;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const TASKS: usize = 4;
const CALLS: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let run_dir = tempfile::tempdir()?;
    let endpoint = Endpoint::new(run_dir.path(), "string-reverse")?;
    let server = Server::<StringReverse, StringReverse>::spawn(
        endpoint.clone(),
        ServerConfig::default(),
        |request, response, _context| {
            response.text_with(request.text().len(), |place| {
                place.copy_from_slice(request.text());
                place.reverse();
            });
            Ok(())
        },
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answers = runtime.block_on(ask_from_many_tasks(&endpoint))?;
    println!("{answers} answers in {TASKS} tasks on one thread");
    server.stop();
    Ok(())
}

async fn ask_from_many_tasks(endpoint: &Endpoint) -> Result<usize, Box<dyn Error>> {
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let endpoint = endpoint.clone();
        tasks.spawn(async move {
            // Deadlines are tokio's. After one that has passed the session is given up: its answer may still come.
            let mut session = timeout(Duration::from_secs(30), AsyncSession::connect(&endpoint)).await??;
            for call in 0..CALLS {
                let text = format!("task {task}, call {call}");
                let answer = timeout(Duration::from_secs(30), session.reverse(&text)).await??;
                assert!(answer.bytes().rev().eq(text.bytes()), "{text:?} became {answer:?}");
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(CALLS)
        });
    }
    let mut answers = 0;
    while let Some(task) = tasks.join_next().await {
        answers += task?.map_err(|error| error as Box<dyn Error>)?;
    }
    Ok(answers)
}

/// A session, and a descriptor of its socket that tokio's reactor watches.
struct AsyncSession {
    session: ClientSession,
    socket: AsyncFd<OwnedFd>,
    last_message_id: u64,
}

/// Has the reactor watch a descriptor of its own of this socket.
#[allow(unsafe_code, reason = "tokio has the caller promise what the type of its argument tells")]
fn watch(socket: &impl AsFd) -> io::Result<AsyncFd<OwnedFd>> {
    let descriptor = socket.as_fd().try_clone_to_owned()?;
    // SAFETY: an OwnedFd is open, and is one and the same descriptor, until it is dropped, and this one is the
    // AsyncFd's: nothing here takes it out, closes it or puts another file in its place.
    Ok(unsafe { AsyncFd::register(descriptor) }?)
}

#[derive(Debug, thiserror::Error)]
enum AsyncError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    #[error("the server answers {0}")]
    Rejected(Status),
    #[error("the response is for method {0}")]
    WrongResponse(u16),
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl AsyncSession {
    async fn connect(endpoint: &Endpoint) -> Result<Self, AsyncError> {
        let mut connecting = ClientSession::begin(endpoint, &ConnectOptions::default(), &Abort::new())?;
        loop {
            connecting = match connecting.advance()? {
                Progress::Connected(session) => {
                    let socket = watch(&session)?;
                    return Ok(Self { session, socket, last_message_id: 0 });
                }
                Progress::Readable(connecting) => {
                    let _ready = watch(&connecting)?.readable().await?;
                    connecting
                }
                // The server's backlog is full.
                Progress::Later(connecting, pause) => {
                    sleep(pause).await;
                    connecting
                }
            };
        }
    }

    async fn reverse(&mut self, text: &str) -> Result<String, AsyncError> {
        let request = StringReverseRef { text: text.as_bytes() };
        let mut payload = vec![0; request.encoded_len()];
        request.encode(&mut payload)?;
        let payload = self.call(StringReverse::METHOD, &payload).await?;
        let response = StringReverse::decode(payload)?;
        Ok(String::from_utf8_lossy(response.text()).into_owned())
    }

    /// Sends a request and gives the payload of its response.
    async fn call(&mut self, method: u16, payload: &[u8]) -> Result<&[u8], AsyncError> {
        let Self { session, socket, last_message_id } = self;
        *last_message_id += 1;
        session.try_send(method, *last_message_id, payload)?;
        // A long message goes out in parts, as the server takes them.
        while session.has_unsent() {
            let mut ready = socket.writable().await?;
            match session.flush(Deadline::NOW) {
                Err(SendError::TimedOut) => ready.clear_ready(),
                flushed => flushed?,
            }
        }
        // That a response answers what is in flight was checked; what it is stands in its header.
        let MessageHeader { code, transport_status, .. } = loop {
            let mut ready = socket.readable().await?;
            match session.try_receive()? {
                Some(response) => break response.header,
                None => ready.clear_ready(),
            }
        };
        match transport_status {
            _ if code != method => Err(AsyncError::WrongResponse(code)),
            Status::Ok => Ok(session.payload()),
            status => Err(AsyncError::Rejected(status)),
        }
    }
}
