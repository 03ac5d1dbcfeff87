//! A listener that leaves, and sessions that wait, under loom: every order in which they can take turns, with up to three
//! preemptions (two where there are two sessions), under Rust's memory model.
//!
//! The kernel's part and the sockets' are models. A slice ends at once, or not at all. A session that sleeps although its
//! client has gone is a deadlock, which loom reports.

// The standard one: who holds the world is no part of the model, and a thread that panics must be able to let go of it.
use std::sync::Arc;

use loom::sync::atomic::{AtomicU32, Ordering};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use super::{Exchange, Reliance, Watch};
use crate::shm::testing::{model, model_with};

exchange!(AtomicU32, u32);

type LoomWatch = Watch<AtomicU32>;
type LoomReliance = Reliance<AtomicU32>;

/// What has come, apart from alarms: it wakes like those.
#[derive(Default)]
struct Come {
    /// The end of the client of the one that waits for that.
    end: bool,
    /// A request for the one that is to be busy.
    request: bool,
}

/// A listener, and two sessions: one that waits for its client's end, and one that gets a request and is busy from then on.
struct World {
    watch: LoomWatch,
    reliances: [LoomReliance; 2],
    alarms: [AtomicU32; 2],
    /// The listener's list.
    sessions: Mutex<()>,
    kernel: Mutex<Come>,
    woken: Condvar,
}

const WAITING: usize = 0;
const BUSY: usize = 1;

/// How a session begins to rely on the listener.
type Rely = fn(&LoomReliance, &LoomWatch) -> bool;

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            watch: Watch(AtomicU32::new(0)),
            reliances: [0; 2].map(|none| Reliance(AtomicU32::new(none))),
            alarms: [0; 2].map(AtomicU32::new),
            sessions: Mutex::new(()),
            kernel: Mutex::new(Come::default()),
            woken: Condvar::new(),
        })
    }

    fn ring(&self, session: usize) {
        self.alarms[session].fetch_add(1, Ordering::Release);
        let _kernel = self.kernel.lock().unwrap();
        self.woken.notify_all();
    }

    fn ring_all(&self) {
        let _sessions = self.sessions.lock().unwrap();
        (0..2).for_each(|session| self.ring(session));
    }

    fn come(&self, come: impl FnOnce(&mut Come)) {
        come(&mut self.kernel.lock().unwrap());
        self.woken.notify_all();
    }

    /// As the attendance does it. The one that gets a request comes first.
    fn appoint_sentinel(&self) {
        if !self.watch.needs_sentinel() {
            return;
        }
        let _sessions = self.sessions.lock().unwrap();
        if !self.reliances.iter().any(Reliance::is_sentinel)
            && let Some(sentinel) = [BUSY, WAITING].into_iter().find(|one| self.reliances[*one].appoint())
        {
            self.ring(sentinel);
        }
    }

    fn pause(&self) {
        self.watch.leave();
        self.appoint_sentinel();
    }

    fn end_wait(&self, session: usize) {
        if self.reliances[session].end() {
            self.appoint_sentinel();
        }
    }

    /// Sleeps while the alarm is as heard and no request has come.
    fn sleep(&self, session: usize, heard: u32) {
        let kernel = self.kernel.lock().unwrap();
        if self.alarms[session].load(Ordering::Relaxed) == heard && !(session == BUSY && kernel.request) {
            drop(self.woken.wait(kernel).unwrap());
        }
    }

    /// Waits, as a link does, until the client's end has come. A socket is looked at when an alarm was heard, and after a
    /// slice.
    fn learn_of_the_end(&self, rely: Rely) {
        let mut heard = 0;
        loop {
            let rung = self.alarms[WAITING].load(Ordering::Acquire);
            if rung == heard {
                if rely(&self.reliances[WAITING], &self.watch) {
                    self.sleep(WAITING, heard);
                    continue;
                }
                if self.watch.give_up() {
                    self.ring_all();
                }
            }
            heard = rung;
            if self.kernel.lock().unwrap().end {
                return self.end_wait(WAITING);
            }
            thread::yield_now();
        }
    }

    /// Waits until a request has come; no slice is as long as that takes.
    fn get_a_request(&self, end_wait: fn(&Self, usize)) {
        let mut heard = 0;
        loop {
            let rung = self.alarms[BUSY].load(Ordering::Acquire);
            if rung == heard {
                self.reliances[BUSY].begin(&self.watch);
                self.sleep(BUSY, heard);
            }
            heard = rung;
            if self.kernel.lock().unwrap().request {
                return end_wait(self, BUSY);
            }
        }
    }
}

/// Has the listener do this while a session waits whose client has gone when the listener is done.
fn one_session(rely: Rely, listen: fn(&World)) {
    model(move || {
        let world = World::new();
        world.watch.begin();
        let waiting = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.learn_of_the_end(rely))
        };
        listen(&world);
        world.come(|come| come.end = true);
        waiting.join().unwrap();
    });
}

/// The same beside a session that gets a request. Three sides have many more orders than two.
fn two_sessions(end_wait: fn(&World, usize), listen: fn(&World)) {
    model_with(2, move || {
        let world = World::new();
        world.watch.begin();
        let busy = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.get_a_request(end_wait))
        };
        let waiting = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.learn_of_the_end(Reliance::begin))
        };
        listen(&world);
        world.come(|come| come.end = true);
        waiting.join().unwrap();
        busy.join().unwrap();
    });
}

fn request(world: &World) {
    world.come(|come| come.request = true);
}

#[test]
fn a_session_learns_of_the_end_when_its_listener_has_left() {
    one_session(Reliance::begin, World::pause);
}

#[test]
fn a_session_learns_of_the_end_when_its_listener_has_left_again_and_again() {
    one_session(Reliance::begin, |world| {
        world.pause();
        world.watch.begin();
        world.pause();
    });
}

#[test]
fn a_session_learns_of_the_end_when_its_listener_watches_no_more() {
    one_session(Reliance::begin, |world| {
        world.pause();
        if world.watch.end() {
            world.ring_all();
        }
    });
}

#[test]
fn a_session_learns_of_the_end_although_another_gets_a_request_before_the_listener_leaves() {
    two_sessions(World::end_wait, |world| {
        request(world);
        world.pause();
    });
}

#[test]
fn a_session_learns_of_the_end_although_another_gets_a_request_after_the_listener_has_left() {
    two_sessions(World::end_wait, |world| {
        world.pause();
        request(world);
    });
}

/// What is wrong with these, loom finds: else the tests above would show nothing.
mod broken {
    use super::*;

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_listener_that_appoints_no_sentinel_leaves_its_sessions_asleep() {
        one_session(Reliance::begin, |world| world.watch.leave());
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_session_that_relies_without_the_fence_is_left_asleep() {
        let rely: Rely = |reliance, watch| {
            reliance.0.store(super::super::RELYING, Ordering::Release);
            watch.0.load(Ordering::Acquire) == super::super::PRESENT
        };
        one_session(rely, World::pause);
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_sentinel_that_does_not_pass_on_leaves_the_others_asleep() {
        let end_wait = |world: &World, session: usize| {
            world.reliances[session].end();
        };
        two_sessions(end_wait, |world| {
            world.pause();
            request(world);
        });
    }
}
