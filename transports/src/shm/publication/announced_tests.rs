//! The protocol under loom: every order in which two sides can take turns, with up to three preemptions, under Rust's
//! memory model. The event is a model: it stays signalled until one that waits has taken that. A wait that nothing ends
//! is a deadlock, which loom reports.

// The standard one: who holds the world is no part of the model, and a thread that panics must be able to let go of it.
use std::sync::Arc;

use loom::sync::atomic::{AtomicU32, AtomicU64};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use super::super::testing::{Lane, message_len, model};
use super::{Announced, Fence, Ordering};

/// An event that resets itself.
struct Event {
    signalled: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    fn new() -> Self {
        Self { signalled: Mutex::new(false), changed: Condvar::new() }
    }

    fn set(&self) {
        *self.signalled.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let mut signalled = self.signalled.lock().unwrap();
        while !*signalled {
            signalled = self.changed.wait(signalled).unwrap();
        }
        *signalled = false;
    }
}

/// One direction of a region.
struct Announcements {
    lane: Lane,
    waiting: AtomicU32,
    event: Event,
}

impl Announcements {
    fn new() -> Self {
        Self { lane: Lane::new(), waiting: AtomicU32::new(0), event: Event::new() }
    }

    fn words(&self) -> Announced<'_, AtomicU32, AtomicU64> {
        Announced { sequence: self.lane.sequence(), waiting: &self.waiting }
    }

    fn send(&self, number: u64, value: u32) {
        self.lane.write(value);
        self.words().publish(number, message_len(value), || self.event.set());
    }

    /// Receives as a link does: `spins` looks, then rounds.
    fn receive(&self, number: u64, spins: usize) -> u32 {
        for _ in 0..spins {
            if self.words().sequence.is_published(number).unwrap() {
                return self.lane.take();
            }
        }
        while self.words().round(number, || self.event.wait()).unwrap().is_some() {}
        self.lane.take()
    }
}

fn world() -> Arc<[Announcements; 2]> {
    Arc::new([Announcements::new(), Announcements::new()])
}

#[test]
fn messages_go_both_ways_twice() {
    model(|| {
        let world = world();
        let server = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let [requests, responses] = &*world;
                for number in 1..=2 {
                    let value = requests.receive(number, 0);
                    responses.send(number, value + 10);
                }
            })
        };
        let [requests, responses] = &*world;
        for number in 1..=2_u32 {
            requests.send(number.into(), number);
            assert_eq!(responses.receive(number.into(), 0), number + 10);
        }
        server.join().unwrap();
    });
}

#[test]
fn a_side_that_spins_first_misses_nothing() {
    model(|| {
        let world = world();
        let server = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let [requests, responses] = &*world;
                assert_eq!(requests.receive(1, 2), 1);
                responses.send(1, 2);
            })
        };
        let [requests, responses] = &*world;
        requests.send(1, 1);
        assert_eq!(responses.receive(1, 1), 2);
        server.join().unwrap();
    });
}

#[test]
fn nobody_is_woken_who_does_not_wait() {
    model(|| {
        let requests = Announcements::new();
        requests.lane.write(1);
        requests.words().publish(1, message_len(1), || panic!("nobody waits"));
        assert_eq!(requests.receive(1, 0), 1);
        assert_eq!(requests.waiting.load(Ordering::Relaxed), 0);
    });
}

/// What is wrong with these, loom finds: else the tests above would show nothing.
mod broken {
    use super::*;

    /// One message, sent and received in these ways.
    fn exchange(send: fn(&Announcements), receive: fn(&Announcements) -> u32) {
        model(move || {
            let requests = Arc::new(Announcements::new());
            let sender = {
                let requests = Arc::clone(&requests);
                thread::spawn(move || send(&requests))
            };
            assert_eq!(receive(&requests), 1);
            sender.join().unwrap();
        });
    }

    #[test]
    fn the_right_ways_are_right() {
        exchange(|requests| requests.send(1, 1), |requests| requests.receive(1, 0));
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_sender_without_the_fence_sleeps_its_receiver_over() {
        exchange(
            |requests| {
                requests.lane.write(1);
                requests.lane.sequence().announce(1, message_len(1), |_| {});
                if requests.waiting.load(Ordering::Relaxed) != 0 {
                    requests.event.set();
                }
            },
            |requests| requests.receive(1, 0),
        );
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_receiver_without_the_fence_is_slept_over() {
        exchange(
            |requests| requests.send(1, 1),
            |requests| {
                loop {
                    requests.waiting.store(1, Ordering::Relaxed);
                    if requests.lane.sequence().is_published(1).unwrap() {
                        return requests.lane.take();
                    }
                    requests.event.wait();
                }
            },
        );
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_receiver_that_does_not_look_again_is_slept_over() {
        exchange(
            |requests| requests.send(1, 1),
            |requests| {
                while !requests.lane.sequence().is_published(1).unwrap() {
                    requests.waiting.store(1, Ordering::Relaxed);
                    AtomicU32::full_fence();
                    requests.event.wait();
                }
                requests.lane.take()
            },
        );
    }
}
