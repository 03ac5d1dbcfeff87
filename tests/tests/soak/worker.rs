//! Who asks, turn after turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use netipc::codec::{Answers, MethodMessage};
use netipc::{Abort, CallError, Client, ClientConfig, ClientState, Deadline, Profiles};

use crate::judge::{self, Asked};
use crate::limits::TOKEN;
use crate::scene::{Scene, Since};
use crate::watch::Pulse;

/// The timeout of a call that is in no haste: whoever meets it is stuck.
const LONG: Duration = Duration::from_secs(20);

/// What a call may take beyond its deadline, or after it was aborted, on a machine with other work to do.
pub(crate) const MARGIN: Duration = Duration::from_secs(10);

/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(2);

/// What can be seen of a worker from outside.
#[derive(Clone)]
pub(crate) struct Progress {
    pub(crate) name: &'static str,
    answers: Arc<AtomicU64>,
}

impl Progress {
    /// Right answers that it had.
    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }
}

/// A client of a service, or a cache.
pub(crate) struct Worker<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) progress: Progress,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) rng: Rng,
    habits: Habits,
}

/// How a worker asks.
#[derive(Clone, Copy, Default)]
pub(crate) struct Habits {
    /// Some of its calls have short deadlines.
    pub(crate) is_hasty: bool,
    /// It is aborted now and then.
    pub(crate) is_abortable: bool,
}

/// One turn of a worker.
pub(crate) struct Turn<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) rng: &'a mut Rng,
    pub(crate) deadline: Deadline,
    pub(crate) since: Since,
    /// To be set before a call whose answer is not cut to fit.
    pub(crate) answer_bytes: Option<usize>,
}

/// The configuration of a client that proposes these profiles.
pub(crate) fn config(profiles: Profiles) -> ClientConfig {
    ClientConfig {
        auth_token: TOKEN,
        supported_profiles: profiles,
        call_timeout: LONG,
        handshake_timeout: LONG,
        max_request_batch_items: 1_000,
        ..ClientConfig::default()
    }
}

/// Before the next attempt to connect.
pub(crate) fn pause() {
    thread::sleep(PAUSE);
}

impl<'a> Worker<'a> {
    pub(crate) fn new(scene: &'a Scene, name: &'static str, habits: Habits, rng: &mut Rng) -> Self {
        let progress = Progress { name, answers: Arc::default() };
        Self { scene, progress, pulse: scene.watch.pulse(name), rng: rng.fork(), habits }
    }

    /// How long the next call may take, and what of that it is judged by.
    pub(crate) fn haste(&mut self) -> (Duration, Asked) {
        let in_haste = self.habits.is_hasty && self.rng.u8(..4) == 0;
        let time = if in_haste { Duration::from_micros(self.rng.u64(100..5_000)) } else { LONG };
        (time, Asked { in_haste, is_abortable: self.habits.is_abortable, answer_bytes: None })
    }

    /// This ends what it does, if it is one that is aborted now and then.
    pub(crate) fn may_be_aborted(&self, abort: &Abort) {
        if self.habits.is_abortable {
            self.scene.abortable.lock().unwrap().push((abort.clone(), Arc::clone(&self.pulse)));
        }
    }

    pub(crate) fn has_an_answer(&self) {
        self.progress.answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Calls until all is over. A turn makes one call and checks its answer.
    pub(crate) fn call<Req: MethodMessage, Resp: Answers<Req>>(
        mut self,
        service: &str,
        config: ClientConfig,
        mut turn: impl FnMut(&mut Client<Req, Resp>, &mut Turn<'_>) -> Result<(), CallError>,
    ) {
        let scene = self.scene;
        let mut client = Client::<Req, Resp>::new(scene.endpoint(service), config);
        let abort = client.abort_handle();
        self.may_be_aborted(&abort);
        let (mut calls, mut errors) = (0, 0);
        while scene.gate.pass(|| client.close()) {
            let (time, mut asked) = self.haste();
            if !client.is_ready() {
                self.pulse.during(LONG + MARGIN, || client.refresh());
            }
            if !client.is_ready() {
                match client.connect_error() {
                    Some(error) => {
                        let refusal = judge::connect(error, Asked { in_haste: false, ..asked });
                        scene.tally.refusal(refusal);
                    }
                    // The session was there already when the abort came.
                    None => assert!(self.habits.is_abortable, "a refresh without a session or an error"),
                }
                abort.clear();
                pause();
                continue;
            }
            let state = client.status().state;
            // An abort may come at any moment.
            let is_aborted = state == ClientState::Broken && self.habits.is_abortable;
            assert!(state == ClientState::Ready || is_aborted, "{state:?}");
            calls += 1;
            let called = self.pulse.during(time + MARGIN, || {
                let (since, deadline) = (scene.now(), Deadline::after(time));
                let mut this = Turn { scene, rng: &mut self.rng, deadline, since, answer_bytes: None };
                let result = turn(&mut client, &mut this);
                asked.answer_bytes = this.answer_bytes;
                result
            });
            match called {
                Ok(()) => self.has_an_answer(),
                Err(error) => {
                    errors += 1;
                    scene.tally.refusal(judge::call(&error, asked));
                    abort.clear();
                }
            }
        }
        let status = client.status();
        assert_eq!((status.calls, status.errors), (calls, errors), "{}", self.progress.name);
        assert!(!status.without_shared_memory, "{} has given shared memory up", self.progress.name);
        scene.tally.client(&status, self.progress.answers());
    }
}
