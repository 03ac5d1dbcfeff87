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

pub(super) use self::idle::Idle;
use super::cpus::Place;
use super::floors::End;
use super::measure::Stopped;
use super::peer::{Peer, Task};
use super::report::{Outcome, Report};
use crate::args::{FloorKind, Placement, Profile, Scenario, Service, bench};
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
    let carried = |scenario: &Scenario| match profile(*scenario) {
        Profile::Shm => Profiles::CARRIED.contains(Profiles::SHM_HYBRID),
        Profile::Baseline | Profile::Auto => true,
    };
    if asked.is_empty() {
        let all = Scenario::value_variants().iter().copied();
        return Ok(all.filter(|scenario| carried(scenario) && !is_idle(*scenario)).collect());
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
    let profile = profile(scenario);
    let contest = match scenario {
        Scenario::UdsPingPong | Scenario::ShmPingPong => increment::ping_pong(site, profile),
        Scenario::UdsBatch | Scenario::ShmBatch => increment::batch(site, profile),
        Scenario::UdsPipeline16 => increment::pipeline(site, increment::Payload::Single),
        Scenario::UdsPipelineBatch16 => increment::pipeline(site, increment::Payload::batches()),
        Scenario::SnapshotUds | Scenario::SnapshotShm => snapshot::contest(site, profile),
        Scenario::CacheLookup => cache::contest(site, profile),
        Scenario::LookupCodec => {
            return Ok(site.report(scenario, Outcome::Measured(lookup::measure(site, time)?)));
        }
        Scenario::IdleUds | Scenario::IdleShm => {
            return Ok(site.report(scenario, Outcome::Idle(idle::measure(site, profile, time)?)));
        }
    };
    Ok(site.report(scenario, Outcome::Measured(contest?.run(time, &site.stopped())?)))
}

fn is_idle(scenario: Scenario) -> bool {
    matches!(scenario, Scenario::IdleUds | Scenario::IdleShm)
}

fn profile(scenario: Scenario) -> Profile {
    match scenario {
        Scenario::UdsPingPong
        | Scenario::UdsBatch
        | Scenario::UdsPipeline16
        | Scenario::UdsPipelineBatch16
        | Scenario::SnapshotUds
        | Scenario::CacheLookup
        | Scenario::LookupCodec
        | Scenario::IdleUds => Profile::Baseline,
        Scenario::ShmPingPong | Scenario::ShmBatch | Scenario::SnapshotShm | Scenario::IdleShm => {
            Profile::Shm
        }
    }
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
    fn peer(&self, service: Service, profile: Profile) -> Result<(Peer, End), Failure> {
        let floor = if profile == Profile::Shm { FloorKind::Memory } else { FloorKind::Socket };
        let (ours, theirs) = End::pair(floor)?;
        let task = Task { service, profile, floor, run_dir: self.run_dir, cpu: self.here.peer };
        Ok((Peer::start(&task, theirs, self.interrupt)?, ours))
    }
}

/// What both sides of a scenario offer, so that they agree on nothing else.
pub(super) fn profiles(profile: Profile) -> Profiles {
    if profile == Profile::Shm { Profiles::SHM_HYBRID } else { Profiles::BASELINE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_all_that_is_carried_is_chosen_but_the_idle_ones() {
        let all = chosen(&[]).expect("nothing was asked for");
        assert!(all.contains(&Scenario::UdsPingPong));
        assert!(!all.contains(&Scenario::IdleUds));
        let carried = Profiles::CARRIED.contains(Profiles::SHM_HYBRID);
        assert_eq!(all.contains(&Scenario::ShmPingPong), carried);
        assert_eq!(chosen(&[Scenario::ShmPingPong]).is_ok(), carried);
    }
}
