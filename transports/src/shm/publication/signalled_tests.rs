//! The protocol under loom: every order in which two sides and the kernel can take turns, with up to three preemptions,
//! under Rust's memory model.
//!
//! The kernel's part is a model: a wait compares and sleeps under a lock that a wake takes too, as `futex_waitv` does
//! under the locks of its words' buckets. A wait that nothing ends is a deadlock, which loom reports.

// The standard one: who holds the world is no part of the model, and a thread that panics must be able to let go of it.
use std::sync::Arc;

use loom::sync::atomic::{AtomicU32, AtomicU64};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use super::super::testing::{Lane, message_len, model};
use super::{Count, Look, Ordering, Signalled};

impl Count for AtomicU32 {
    fn count_up(&self, order: Ordering) {
        self.fetch_add(1, order);
    }
}

/// One direction of a region.
struct Signals {
    lane: Lane,
    signal: AtomicU32,
}

impl Signals {
    fn new() -> Self {
        Self { lane: Lane::new(), signal: AtomicU32::new(0) }
    }

    fn words(&self) -> Signalled<'_, AtomicU32, AtomicU64> {
        Signalled { sequence: self.lane.sequence(), signal: &self.signal }
    }

    fn take(&self) -> End {
        End::Message(self.lane.take())
    }
}

/// The kernel's queue of those who wait, one for all words: being woken for nothing is allowed.
struct Kernel {
    lock: Mutex<()>,
    woken: Condvar,
}

impl Kernel {
    fn new() -> Self {
        Self { lock: Mutex::new(()), woken: Condvar::new() }
    }

    fn wait<const WORDS: usize>(&self, words: [(&AtomicU32, u32); WORDS]) {
        let guard = self.lock.lock().unwrap();
        if words.iter().all(|(word, value)| word.load(Ordering::Relaxed) == *value) {
            drop(self.woken.wait(guard).unwrap());
        }
    }

    fn wake(&self) {
        let _guard = self.lock.lock().unwrap();
        self.woken.notify_all();
    }
}

/// A region, and the alarm of each side.
struct World {
    requests: Signals,
    responses: Signals,
    alarms: [AtomicU32; 2],
    kernel: Kernel,
}

/// What a wait came to.
#[derive(Debug, PartialEq)]
enum End {
    Message(u32),
    Alarm,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            requests: Signals::new(),
            responses: Signals::new(),
            alarms: [AtomicU32::new(0), AtomicU32::new(0)],
            kernel: Kernel::new(),
        })
    }

    fn send(&self, lane: &Signals, number: u64, value: u32) {
        lane.lane.write(value);
        lane.words().publish(number, message_len(value), |_| {}, |_| self.kernel.wake());
    }

    /// Receives as a link does: `spins` looks, then waits.
    fn receive(&self, lane: &Signals, number: u64, alarm: &AtomicU32, spins: usize) -> End {
        let words = lane.words();
        for _ in 0..spins {
            if words.sequence.is_published(number).unwrap() {
                return lane.take();
            }
        }
        loop {
            match words.look(number, alarm, 0).unwrap() {
                Look::Published => return lane.take(),
                // One more look, as a link takes it.
                Look::Alarm(_) if words.sequence.is_published(number).unwrap() => return lane.take(),
                Look::Alarm(_) => return End::Alarm,
                Look::Nothing { signal } => self.kernel.wait([(words.signal, signal), (alarm, 0)]),
            }
        }
    }

    fn ring(&self, side: usize) {
        self.alarms[side].count_up(Ordering::Release);
        self.kernel.wake();
    }
}

#[test]
fn messages_go_both_ways_twice() {
    model(|| {
        let world = World::new();
        let server = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                for number in 1..=2 {
                    let request = world.receive(&world.requests, number, &world.alarms[1], 0);
                    let End::Message(value) = request else { panic!("no alarm was rung") };
                    world.send(&world.responses, number, value + 10);
                }
            })
        };
        for number in 1..=2_u32 {
            world.send(&world.requests, number.into(), number);
            let response = world.receive(&world.responses, number.into(), &world.alarms[0], 0);
            assert_eq!(response, End::Message(number + 10));
        }
        server.join().unwrap();
    });
}

#[test]
fn a_side_that_spins_first_misses_nothing() {
    model(|| {
        let world = World::new();
        let server = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let request = world.receive(&world.requests, 1, &world.alarms[1], 2);
                assert_eq!(request, End::Message(1));
                world.send(&world.responses, 1, 2);
            })
        };
        world.send(&world.requests, 1, 1);
        assert_eq!(world.receive(&world.responses, 1, &world.alarms[0], 1), End::Message(2));
        server.join().unwrap();
    });
}

#[test]
fn an_alarm_ends_a_wait_and_loses_no_message_that_came_before_it() {
    model(|| {
        let world = World::new();
        let peer = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                // The peer sends a last message and goes; whoever sees that rings.
                world.send(&world.requests, 1, 1);
                world.ring(1);
            })
        };
        assert_eq!(world.receive(&world.requests, 1, &world.alarms[1], 0), End::Message(1));
        assert_eq!(world.receive(&world.requests, 2, &world.alarms[1], 0), End::Alarm);
        peer.join().unwrap();
    });
}

#[test]
fn an_alarm_from_a_third_side_ends_a_wait() {
    model(|| {
        let world = World::new();
        let sender = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.send(&world.requests, 1, 1))
        };
        let ringer = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.ring(1))
        };
        // Either may come first; neither is slept over.
        let found = world.receive(&world.requests, 1, &world.alarms[1], 0);
        assert!(matches!(found, End::Message(1) | End::Alarm), "{found:?}");
        sender.join().unwrap();
        ringer.join().unwrap();
    });
}

#[test]
fn alarms_that_follow_each_other_keep_no_message_from_a_side_that_has_heard_them() {
    model(|| {
        let world = World::new();
        let peer = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                world.ring(1);
                world.ring(1);
                world.send(&world.requests, 1, 1);
            })
        };
        let (words, alarm, mut heard) = (world.requests.words(), &world.alarms[1], 0);
        loop {
            match words.look(1, alarm, heard).unwrap() {
                Look::Published => break assert_eq!(world.requests.take(), End::Message(1)),
                Look::Alarm(rung) => heard = rung,
                Look::Nothing { signal } => world.kernel.wait([(words.signal, signal), (alarm, heard)]),
            }
        }
        peer.join().unwrap();
    });
}

/// It waits for the peer's word alone, and an alarm wakes it unless it comes between a look and a wait. A slice ends at
/// once.
#[test]
fn a_side_that_does_not_wait_for_alarms_hears_them_between_slices() {
    model(|| {
        let world = World::new();
        let ringer = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.ring(1))
        };
        let words = world.requests.words();
        while let Look::Nothing { .. } = words.look(1, &world.alarms[1], 0).unwrap() {
            thread::yield_now();
        }
        ringer.join().unwrap();
    });
}

/// What is wrong with these, loom finds: else the tests above would show nothing.
mod broken {
    use super::*;

    /// One message, sent and received in these ways.
    fn exchange(send: fn(&World), receive: fn(&World) -> End) {
        model(move || {
            let world = World::new();
            let sender = {
                let world = Arc::clone(&world);
                thread::spawn(move || send(&world))
            };
            assert_eq!(receive(&world), End::Message(1));
            sender.join().unwrap();
        });
    }

    fn right_sender(world: &World) {
        world.send(&world.requests, 1, 1);
    }

    fn right_receiver(world: &World) -> End {
        world.receive(&world.requests, 1, &world.alarms[1], 0)
    }

    #[test]
    fn the_right_ways_are_right() {
        exchange(right_sender, right_receiver);
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_signal_before_the_sequence_is_slept_over() {
        exchange(
            |world| {
                let Signals { lane, signal } = &world.requests;
                lane.write(1);
                lane.len.store(33, Ordering::Release);
                signal.count_up(Ordering::Release);
                world.kernel.wake();
                lane.seq.store(1, Ordering::Release);
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_sequence_that_is_not_looked_at_again_after_the_signal_is_slept_over() {
        exchange(right_sender, |world| {
            let words = world.requests.words();
            loop {
                if words.sequence.is_published(1).unwrap() {
                    return world.requests.take();
                }
                let signal = words.signal.load(Ordering::Acquire);
                world.kernel.wait([(words.signal, signal), (&world.alarms[1], 0)]);
            }
        });
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_signal_that_is_counted_up_without_a_wake_is_slept_over() {
        exchange(
            |world| {
                world.requests.lane.write(1);
                world.requests.words().publish(1, 33, |_| {}, |_| {});
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_signal_that_does_not_release_is_slept_over() {
        exchange(
            |world| {
                let Signals { lane, signal } = &world.requests;
                lane.write(1);
                lane.len.store(33, Ordering::Release);
                lane.seq.store(1, Ordering::Release);
                signal.count_up(Ordering::Relaxed);
                world.kernel.wake();
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "the length of another message")]
    fn a_length_after_the_sequence_is_another_messages() {
        exchange(
            |world| {
                let Signals { lane, signal } = &world.requests;
                lane.write(1);
                lane.seq.store(1, Ordering::Release);
                lane.len.store(33, Ordering::Release);
                signal.count_up(Ordering::Release);
                world.kernel.wake();
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "Causality violation")]
    fn a_sequence_that_does_not_release_publishes_bytes_that_are_not_there() {
        exchange(
            |world| {
                let Signals { lane, signal } = &world.requests;
                lane.write(1);
                lane.len.store(33, Ordering::Relaxed);
                lane.seq.store(1, Ordering::Relaxed);
                signal.count_up(Ordering::Release);
                world.kernel.wake();
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "Causality violation")]
    fn a_request_before_the_last_one_was_answered_overwrites_it() {
        exchange(
            |world| {
                world.send(&world.requests, 1, 1);
                world.requests.lane.write(2);
            },
            right_receiver,
        );
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn an_alarm_is_slept_over_by_a_side_that_does_not_wait_for_it_and_has_no_slices() {
        model(|| {
            let world = World::new();
            let ringer = {
                let world = Arc::clone(&world);
                thread::spawn(move || world.ring(1))
            };
            let words = world.requests.words();
            while let Look::Nothing { signal } = words.look(1, &world.alarms[1], 0).unwrap() {
                world.kernel.wait([(words.signal, signal)]);
            }
            ringer.join().unwrap();
        });
    }
}
