//! Measuring an exchange and its floors in turns, so that what else the machine does meets all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::cpus::cpu_time;
use super::peer::Peer;
use crate::error::Failure;
use crate::signals::Interrupt;

/// How often each of them has its turn, at least.
const FEWEST_TURNS: u32 = 10;

/// About how long a turn is, if there is time for more of them: short beside what else keeps a machine busy, long beside
/// what begins and ends a turn.
const TURN: Duration = Duration::from_millis(20);

/// One exchange in so many is timed, so that reading the clock does not count.
const TIMED: u32 = 16;

/// This part of a turn passes before it counts: caches, and how both sides wait, settle.
const WARM_UP: u32 = 10;

/// Something that is done again and again.
pub(super) trait Exchange {
    /// Begins a turn.
    fn begin(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Does it once; gives how many requests, or items of batches, were answered.
    fn exchange(&mut self) -> Result<u64, Failure>;

    /// Ends a turn: nothing is left in flight, and no other side goes on looking for something to come.
    fn end(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// How long a request took to be answered, if that is known after an exchange that took `timed`.
    fn latency(&mut self, timed: Duration) -> Option<Duration> {
        Some(timed)
    }
}

/// Whether a signal has come. What waits for a peer ends with the peer; what waits for nobody has to look.
pub(super) struct Stopped(Arc<AtomicBool>);

impl Stopped {
    pub(super) fn by(interrupt: &Interrupt) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let signalled = Arc::clone(&stopped);
        interrupt.then(move || signalled.store(true, Ordering::Relaxed));
        Self(stopped)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Failure::Failed("the measurement was stopped".to_owned()));
        }
        Ok(())
    }
}

/// What an exchange is measured against.
pub(super) struct Floor<'a> {
    pub(super) name: &'static str,
    pub(super) exchange: Box<dyn Exchange + 'a>,
}

/// What is measured. The fields are dropped in this order.
pub(super) struct Contest<'a> {
    /// What is counted.
    pub(super) unit: &'static str,
    pub(super) ours: Box<dyn Exchange + 'a>,
    /// The fastest of them is the floor.
    pub(super) floors: Vec<Floor<'a>>,
    /// The other process, if there is one.
    pub(super) peer: Option<Peer>,
}

/// What was measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) unit: &'static str,
    /// A second.
    pub(super) rate: f64,
    pub(super) latencies: Histogram<u64>,
    /// CPU time of either process in a second.
    pub(super) cpu_client: f64,
    pub(super) cpu_server: f64,
    /// The floor's rate.
    pub(super) floor: f64,
    pub(super) floor_name: &'static str,
}

impl Contest<'_> {
    /// Runs all of them in turns, for about `time` altogether, or until `stopped`.
    ///
    /// # Errors
    /// What an exchange says; that the peer has ended, where that was the reason; that it was stopped.
    pub(super) fn run(mut self, time: Duration, stopped: &Stopped) -> Result<Measured, Failure> {
        let result = self.run_turns(time, stopped);
        match &mut self.peer {
            Some(peer) => peer.blame(result),
            None => result,
        }
    }

    fn run_turns(&mut self, time: Duration, stopped: &Stopped) -> Result<Measured, Failure> {
        let contestants = u32::try_from(self.floors.len()).unwrap_or(u32::MAX).saturating_add(1);
        let turns = turns(time / contestants);
        let length = time / contestants / turns;
        let mut latencies = latencies()?;
        let mut rates = Vec::new();
        let mut floors: Vec<Vec<f64>> = self.floors.iter().map(|_| Vec::new()).collect();
        let (mut client, mut server, mut wall) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let begun = Instant::now();
        for turn in 0..turns {
            // On a busy machine what begins and ends a turn takes its time as well.
            if turn >= FEWEST_TURNS && begun.elapsed() >= time {
                break;
            }
            // Every other time they come in the opposite order, which cancels a drift.
            let mut order: Vec<_> = (0..contestants as usize).collect();
            if turn % 2 == 1 {
                order.reverse();
            }
            for contestant in order {
                match contestant.checked_sub(1) {
                    None => {
                        let (client_before, server_before) = (cpu_time(), self.peer_cpu_time()?);
                        let start = Instant::now();
                        rates.push(take_turn(&mut *self.ours, length, stopped, Some(&mut latencies))?);
                        wall += start.elapsed();
                        server += self.peer_cpu_time()?.saturating_sub(server_before);
                        client += cpu_time().saturating_sub(client_before);
                    }
                    Some(floor) => {
                        floors[floor].push(take_turn(
                            &mut *self.floors[floor].exchange,
                            length,
                            stopped,
                            None,
                        )?);
                    }
                }
            }
        }
        let (floor, floor_name) = floors
            .into_iter()
            .zip(&self.floors)
            .map(|(rates, floor)| (median(rates), floor.name))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or((f64::NAN, ""));
        Ok(Measured {
            unit: self.unit,
            rate: median(rates),
            latencies,
            cpu_client: client.div_duration_f64(wall),
            cpu_server: server.div_duration_f64(wall),
            floor,
            floor_name,
        })
    }

    fn peer_cpu_time(&mut self) -> Result<Duration, Failure> {
        self.peer.as_mut().map_or(Ok(Duration::ZERO), Peer::cpu_time)
    }
}

/// How many turns each of them has in `time` of its own.
fn turns(time: Duration) -> u32 {
    u32::try_from(time.as_nanos() / TURN.as_nanos()).unwrap_or(u32::MAX).max(FEWEST_TURNS)
}

/// Nanoseconds, with three digits. What takes longer than a minute counts as a minute.
fn latencies() -> Result<Histogram<u64>, Failure> {
    Histogram::new_with_bounds(1, 60_000_000_000, 3)
        .map_err(|error| Failure::because("cannot make a histogram", &error))
}

/// Exchanges for `length`, and gives how many were answered a second.
fn take_turn(
    exchange: &mut dyn Exchange,
    length: Duration,
    stopped: &Stopped,
    mut latencies: Option<&mut Histogram<u64>>,
) -> Result<f64, Failure> {
    exchange.begin()?;
    run_for(exchange, length / WARM_UP, stopped, &mut |_| ())?;
    let rate = run_for(exchange, length, stopped, &mut |latency| {
        if let Some(latencies) = &mut latencies {
            latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
        }
    })?;
    exchange.end()?;
    Ok(rate)
}

fn run_for(
    exchange: &mut dyn Exchange,
    length: Duration,
    stopped: &Stopped,
    record: &mut dyn FnMut(Duration),
) -> Result<f64, Failure> {
    let start = Instant::now();
    let mut answered = 0;
    loop {
        let before = Instant::now();
        answered += exchange.exchange()?;
        if let Some(latency) = exchange.latency(before.elapsed()) {
            record(latency);
        }
        for _ in 1..TIMED {
            answered += exchange.exchange()?;
        }
        stopped.check()?;
        let elapsed = start.elapsed();
        if elapsed >= length {
            #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
            return Ok(answered as f64 / elapsed.as_secs_f64());
        }
    }
}

/// Of an even number, the mean of the two in the middle.
fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    let middle = rates.len() / 2;
    match (rates.get(middle), rates.len() % 2) {
        (Some(rate), 1) => *rate,
        (Some(above), _) => f64::midpoint(rates[middle - 1], *above),
        (None, _) => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[derive(Default)]
    struct Recorded {
        log: Rc<RefCell<Vec<&'static str>>>,
        fail: bool,
    }

    impl Exchange for Recorded {
        fn begin(&mut self) -> Result<(), Failure> {
            self.log.borrow_mut().push("begin");
            Ok(())
        }

        fn exchange(&mut self) -> Result<u64, Failure> {
            if self.fail { Err(Failure::Failed("no".to_owned())) } else { Ok(3) }
        }

        fn end(&mut self) -> Result<(), Failure> {
            self.log.borrow_mut().push("end");
            Ok(())
        }
    }

    fn never() -> Stopped {
        Stopped(Arc::default())
    }

    #[test]
    fn a_turn_begins_exchanges_and_ends() {
        let mut exchange = Recorded::default();
        let mut histogram = latencies().expect("it has bounds");
        let rate = take_turn(&mut exchange, Duration::from_millis(1), &never(), Some(&mut histogram));
        assert!(rate.expect("it does not fail") > 0.0);
        assert!(!histogram.is_empty());
        assert_eq!(*exchange.log.borrow(), ["begin", "end"]);
    }

    #[test]
    fn an_exchange_that_fails_ends_the_turn() {
        let mut exchange = Recorded { fail: true, ..Recorded::default() };
        assert!(take_turn(&mut exchange, Duration::from_millis(1), &never(), None).is_err());
    }

    #[test]
    fn a_signal_ends_what_would_go_on() {
        let stopped = never();
        stopped.0.store(true, Ordering::Relaxed);
        assert!(take_turn(&mut Recorded::default(), Duration::MAX, &stopped, None).is_err());
    }

    #[test]
    fn there_are_ten_turns_and_more_where_there_is_time() {
        assert_eq!(turns(Duration::ZERO), 10);
        assert_eq!(turns(Duration::from_millis(200)), 10);
        assert_eq!(turns(Duration::from_secs(2)), 100);
    }

    #[test]
    fn a_median_is_the_one_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }
}
