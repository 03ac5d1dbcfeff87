//! Which CPU each process runs on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::args::Placement;
use crate::error::Failure;

/// The CPUs that this process may use.
pub(super) struct Cpus {
    all: CpuSet,
    first: Option<usize>,
    second: Option<usize>,
}

impl Cpus {
    /// As it was started: `taskset` and cgroups narrow them.
    pub(super) fn of_this_process() -> Result<Self, Failure> {
        let all = sched_getaffinity(None)
            .map_err(|error| Failure::because("cannot tell which CPUs this process may use", &error))?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|cpu| all.is_set(*cpu));
        Ok(Self { all, first: usable.next(), second: usable.next() })
    }

    /// Whether there are enough of them.
    ///
    /// # Errors
    /// [`Failure::Usage`], which says how many there are.
    pub(super) fn check(&self, placement: Placement) -> Result<(), Failure> {
        match (placement, self.first, self.second) {
            (Placement::TwoCpus, Some(only), None) => Err(Failure::Usage(format!(
                "--placement two-cpus needs two CPUs, and this process may use one, CPU {only}; \
                 give it more (taskset, cgroups) or choose one-cpu"
            ))),
            _ => Ok(()),
        }
    }

    /// Puts this thread, and those that it starts, where a caller belongs, until the result is dropped.
    pub(super) fn place(&self, placement: Placement) -> Result<Place<'_>, Failure> {
        self.check(placement)?;
        let (ours, peer) = match placement {
            Placement::OneCpu => (self.first, self.first),
            Placement::TwoCpus => (self.first, self.second),
            Placement::Free => (None, None),
        };
        ours.map_or(Ok(()), pin)?;
        Ok(Place { before: self, peer })
    }
}

/// This thread's place.
pub(super) struct Place<'a> {
    before: &'a Cpus,
    /// Where the peer belongs; anywhere if it is `None`.
    pub(super) peer: Option<usize>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Those were allowed before; where they are no longer, another benchmark would fail by itself.
        let _ = sched_setaffinity(None, &self.before.all);
    }
}

/// Puts this thread, and those that it starts, on one CPU.
pub(super) fn pin(cpu: usize) -> Result<(), Failure> {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set)
        .map_err(|error| Failure::because(format_args!("cannot run on CPU {cpu}"), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cpus: &[usize]) -> Cpus {
        let mut all = CpuSet::new();
        for cpu in cpus {
            all.set(*cpu);
        }
        Cpus { all, first: cpus.first().copied(), second: cpus.get(1).copied() }
    }

    #[test]
    fn two_cpus_are_refused_where_there_is_one() {
        let Err(Failure::Usage(message)) = with(&[3]).check(Placement::TwoCpus) else { panic!("accepted") };
        assert!(message.contains("CPU 3"), "{message}");
        for (cpus, placement) in
            [(&[3][..], Placement::OneCpu), (&[3], Placement::Free), (&[3, 5], Placement::TwoCpus)]
        {
            assert!(with(cpus).check(placement).is_ok(), "{placement:?}");
        }
    }

    #[test]
    fn a_place_is_left_as_it_was_found() {
        let cpus = Cpus::of_this_process().expect("they can be read");
        let place = cpus.place(Placement::OneCpu).expect("there is a CPU");
        assert_eq!(sched_getaffinity(None).expect("it can be read").count(), 1);
        assert_eq!(place.peer, cpus.first);
        drop(place);
        assert_eq!(sched_getaffinity(None).expect("it can be read"), cpus.all);
    }
}
