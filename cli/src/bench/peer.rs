//! The other process, as the benchmark sees it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use netipc_floor::Offer;
use shared_child::SharedChild;

use super::control::{CPU, Control, READY};
use crate::args::bench::{Carrier, FloorKind, Service, name};
use crate::error::Failure;
use crate::signals::Interrupt;

/// How long a peer that has nothing left to do may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a peer is to be.
pub(super) struct Task<'a> {
    pub(super) service: Service,
    pub(super) carrier: Carrier,
    pub(super) floor: FloorKind,
    pub(super) run_dir: &'a Path,
    pub(super) cpu: Option<usize>,
}

/// A running peer. It ends when this is dropped, when this process ends, however it ends, and on a signal to this one.
pub(super) struct Peer {
    process: Arc<SharedChild>,
    control: Option<Control>,
}

impl Peer {
    /// Starts a peer, gives it what it makes its end of the floor of, and returns once it serves.
    ///
    /// # Errors
    /// It cannot be started, or says why it cannot serve. There is no such process afterwards.
    pub(super) fn start(task: &Task<'_>, floor: Offer, interrupt: &Interrupt) -> Result<Self, Failure> {
        let (process, control) = command(task)
            .and_then(Control::spawn)
            .map_err(|error| Failure::because("cannot start the other process of the benchmark", &error))?;
        let mut peer = Self { process: Arc::new(process), control: Some(control) };
        let process = Arc::clone(&peer.process);
        interrupt.then(move || kill(&process));
        let started = peer.ask(|control| {
            control.greet(&floor)?;
            control.receive()
        });
        // The peer has it now. Where it ends, the other end shall notice.
        drop(floor);
        match &*started? {
            READY => Ok(peer),
            b"" => Err(peer.ended().unwrap_or_else(|| Failure::Failed(no_words()))),
            sentence => Err(Failure::Failed(String::from_utf8_lossy(sentence).into_owned())),
        }
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The CPU time that it has taken.
    pub(super) fn cpu_time(&mut self) -> Result<Duration, Failure> {
        let answer = self.ask(|control| {
            control.send(CPU)?;
            control.receive()
        })?;
        match <[u8; 8]>::try_from(&*answer) {
            Ok(nanoseconds) => Ok(Duration::from_nanos(u64::from_ne_bytes(nanoseconds))),
            Err(_) => Err(self.ended().unwrap_or_else(|| Failure::Failed(no_words()))),
        }
    }

    fn ask(&mut self, ask: impl Fn(&mut Control) -> io::Result<Vec<u8>>) -> Result<Vec<u8>, Failure> {
        let answer = self.control.as_mut().map_or_else(|| Err(io::ErrorKind::NotConnected.into()), ask);
        answer.map_err(|error| {
            self.ended().unwrap_or_else(|| {
                Failure::because("the other process of the benchmark does not answer", &error)
            })
        })
    }

    /// What failed with it; where it has ended, that it has, since what else went wrong is then a consequence.
    pub(super) fn blame<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        result.map_err(|failure| self.ended().unwrap_or(failure))
    }

    /// If it has ended, or is about to: that it has, and how.
    pub(super) fn ended(&mut self) -> Option<Failure> {
        let status = self.process.wait_timeout(Duration::from_millis(200)).ok().flatten()?;
        Some(Failure::Failed(format!("the other process of the benchmark has ended early: {status}")))
    }

    /// Does `action` when it has ended.
    pub(super) fn when_ended(&self, action: impl FnOnce() + Send + 'static) {
        let process = Arc::clone(&self.process);
        // The thread ends with the process, and whoever drops this ends that.
        thread::spawn(move || {
            // Where it cannot be waited for, nothing shall wait for it either.
            let _ = process.wait();
            action();
        });
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its standard input ends it.
        drop(self.control.take());
        if !matches!(self.process.wait_timeout(PATIENCE), Ok(Some(_))) {
            kill(&self.process);
            let _ = self.process.wait();
        }
    }
}

/// Nothing to be done where it has ended already.
fn kill(process: &SharedChild) {
    let _ = process.kill();
}

fn no_words() -> String {
    "the other process of the benchmark says nothing that makes sense".to_owned()
}

fn command(task: &Task<'_>) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("bench-peer")
        .args(["--service", &name(&task.service)])
        .args(["--carrier", &name(&task.carrier)])
        .args(["--floor", &name(&task.floor)])
        .arg("--run-dir")
        .arg(task.run_dir);
    if let Some(cpu) = task.cpu {
        command.args(["--cpu", &cpu.to_string()]);
    }
    Ok(command)
}
