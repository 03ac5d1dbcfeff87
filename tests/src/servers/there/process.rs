//! The process of the servers, as the test's process sees it.

use std::collections::HashMap;
use std::io::BufReader;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use super::orders::{Answer, Order, Reply, What, hear, say};

/// The process with the servers of all tests of this one. It ends when its input does: when this one ends, however that does.
#[derive(Debug)]
pub(super) struct Process {
    id: u32,
    input: Mutex<ChildStdin>,
    calls: Arc<Calls>,
    last_number: AtomicU64,
}

impl Process {
    /// The one process, which runs the program at `path`.
    pub(super) fn get(path: &str) -> &'static Self {
        static PROCESS: OnceLock<Process> = OnceLock::new();
        PROCESS.get_or_init(|| Self::start(path))
    }

    fn start(path: &str) -> Self {
        let mut command = Command::new(path);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let calls = Arc::new(Calls::default());
        let (id, answered) = (process.id(), Arc::clone(&calls));
        thread::spawn(move || {
            answered.are_answered_by(output);
            process.wait()
        });
        Self { id, input: Mutex::new(input), calls, last_number: AtomicU64::new(0) }
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// A number that nothing else has.
    pub(super) fn number(&self) -> u64 {
        self.last_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Has it done, and waits until it is. `None` if the process is not there any more.
    pub(super) fn try_call(&self, object: u64, what: What) -> Option<Reply> {
        let call = self.number();
        let answer = self.calls.begin(call)?;
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        say(&mut *input, &Order { call, object, what }).ok()?;
        drop(input);
        answer.recv().ok()
    }

    /// Has it done, and waits until it is.
    pub(super) fn call(&self, object: u64, what: What) -> Reply {
        self.try_call(object, what).expect("the process of the servers has ended")
    }
}

/// Who waits for which answer; nobody any more when there are no more answers.
#[derive(Debug)]
struct Calls(Mutex<Option<HashMap<u64, Sender<Reply>>>>);

impl Default for Calls {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl Calls {
    fn begin(&self, call: u64) -> Option<Receiver<Reply>> {
        let (caller, answer) = mpsc::channel();
        self.0.lock().unwrap().as_mut()?.insert(call, caller);
        Some(answer)
    }

    fn are_answered_by(&self, output: ChildStdout) {
        let mut output = BufReader::new(output);
        while let Ok(Answer { call, reply }) = hear(&mut output) {
            let caller = self.0.lock().unwrap().as_mut().and_then(|calls| calls.remove(&call));
            caller.unwrap().send(reply).unwrap();
        }
        *self.0.lock().unwrap() = None;
    }
}
