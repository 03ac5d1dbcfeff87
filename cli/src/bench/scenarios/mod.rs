//! What can be measured: each scenario says what its peer serves, what is exchanged, and what that is measured against.

mod cache;
mod idle;
mod increment;
mod lookup;
mod snapshot;

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;
use netipc::Endpoint;
use netipc::transport::Profiles;

pub(super) use self::idle::{Activity, Idle};
use super::cpus::Place;
use super::floors::End;
use super::measure::Stopped;
use super::peer::{Peer, Task};
use super::report::{Outcome, Report};
use crate::args::bench::{self, Carrier, FloorKind, Placement, Scenario, Service, What};
use crate::error::Failure;
use crate::signals::Interrupt;

/// Name of the service in the benchmark's directory.
pub(super) const SERVICE: &str = "bench";

/// Where a scenario is measured.
pub(super) struct Site<'a> {
    pub(super) placement: Placement,
    /// This thread's place, which it keeps meanwhile.
    pub(super) here: &'a Place<'a>,
    pub(super) run_dir: &'a Path,
    pub(super) interrupt: &'a Interrupt,
}

/// What was asked for, or all that this build can carry and that says something about time.
///
/// # Errors
/// [`Failure::Usage`] where something was asked for that this build cannot carry.
pub(super) fn chosen(asked: &[Scenario]) -> Result<Vec<Scenario>, Failure> {
    let carried = |scenario: &Scenario| Profiles::CARRIED.contains(profiles(scenario.carrier));
    if asked.is_empty() {
        let all = Scenario::value_variants().iter().copied();
        return Ok(all.filter(|scenario| carried(scenario) && scenario.what != What::Idle).collect());
    }
    match asked.iter().find(|scenario| !carried(scenario)) {
        Some(scenario) => Err(Failure::Usage(format!(
            "{} needs shared memory, which is not available here",
            bench::name(scenario)
        ))),
        None => Ok(asked.to_vec()),
    }
}

/// Measures one, for about `time`.
pub(super) fn measure(scenario: Scenario, site: &Site<'_>, time: Duration) -> Result<Report, Failure> {
    let carrier = scenario.carrier;
    let contest = match scenario.what {
        What::PingPong => increment::ping_pong(site, carrier),
        What::Batch => increment::batch(site, carrier),
        What::Pipeline => increment::pipeline(site, increment::Payload::Single),
        What::PipelineBatch => increment::pipeline(site, increment::Payload::batches()),
        What::Snapshot => snapshot::contest(site, carrier),
        What::CacheLookup => cache::contest(site, carrier),
        What::LookupCodec => {
            return Ok(site.report(scenario, Outcome::Measured(lookup::measure(site, time)?)));
        }
        What::Idle => {
            return Ok(site.report(scenario, Outcome::Idle(idle::measure(site, carrier, time)?)));
        }
    };
    Ok(site.report(scenario, Outcome::Measured(contest?.run(time, &site.stopped())?)))
}

impl Site<'_> {
    fn report(&self, scenario: Scenario, outcome: Outcome) -> Report {
        Report { scenario, placement: self.placement, outcome }
    }

    fn stopped(&self) -> Stopped {
        Stopped::by(self.interrupt)
    }

    fn endpoint(&self) -> Result<Endpoint, Failure> {
        Endpoint::new(self.run_dir, SERVICE).map_err(|error| Failure::Failed(error.to_string()))
    }

    /// Starts a peer that serves so, and both ends of a floor of the same kind.
    fn peer(&self, service: Service, carrier: Carrier) -> Result<(Peer, End), Failure> {
        let floor = if carrier == Carrier::Baseline { FloorKind::Socket } else { FloorKind::Memory };
        let (ours, theirs) = End::offer(floor)?;
        let task = Task { service, carrier, floor, run_dir: self.run_dir, cpu: self.here.peer };
        Ok((Peer::start(&task, theirs, self.interrupt)?, ours))
    }
}

/// What both sides of a scenario offer, so that they agree on nothing else.
pub(super) fn profiles(carrier: Carrier) -> Profiles {
    match carrier {
        Carrier::Baseline => Profiles::BASELINE,
        Carrier::Shm => Profiles::SHM_HYBRID,
        #[cfg(windows)]
        Carrier::Busywait => Profiles::SHM_BUSYWAIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Scenario {
        Scenario::from_str(name, false).expect("there is one")
    }

    #[test]
    fn without_a_name_all_that_is_carried_is_chosen_but_the_idle_ones() {
        let all = chosen(&[]).expect("nothing was asked for");
        assert!(all.contains(&named("cache-lookup")));
        assert!(!all.iter().any(|scenario| scenario.what == What::Idle));
        let shm = named("shm-ping-pong");
        let carried = Profiles::CARRIED.contains(Profiles::SHM_HYBRID);
        assert_eq!(all.contains(&shm), carried);
        assert_eq!(chosen(&[shm]).is_ok(), carried);
    }
}
