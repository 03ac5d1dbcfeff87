//! Which CPU each process runs on, and the time that it takes there.

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "linux.rs")]
mod platform;

use self::platform::{GIVEN_BY, Set, numbers, run_on, set_of, usable};
use crate::args::bench::{Placement, name};
use crate::error::Failure;

pub(super) use self::platform::cpu_time;

/// The CPUs that this process may use.
pub(super) struct Cpus {
    all: Set,
    first: Option<usize>,
    second: Option<usize>,
}

impl Cpus {
    /// As it was started: others narrow them.
    pub(super) fn of_this_process() -> Result<Self, Failure> {
        let all = usable()
            .map_err(|error| Failure::because("cannot tell which CPUs this process may use", &error))?;
        Ok(Self::new(all))
    }

    fn new(all: Set) -> Self {
        let mut usable = numbers(all);
        Self { all, first: usable.next(), second: usable.next() }
    }

    /// Whether there are enough of them.
    ///
    /// # Errors
    /// [`Failure::Usage`], which says how many there are.
    pub(super) fn check(&self, placement: Placement) -> Result<(), Failure> {
        match (placement, self.first, self.second) {
            (Placement::TwoCpus, Some(only), None) => Err(Failure::Usage(format!(
                "--placement two-cpus needs two CPUs, and this process may use one, CPU {only}; \
                 give it more ({GIVEN_BY}) or choose one-cpu"
            ))),
            (Placement::OneCpu | Placement::TwoCpus, None, _) => Err(Failure::Usage(format!(
                "--placement {} needs to know which CPUs this process may use, which cannot be told here; \
                 choose free",
                name(&placement)
            ))),
            _ => Ok(()),
        }
    }

    /// Puts this process, or the thread of it that measures and those that it starts, where a caller belongs, until the
    /// result is dropped.
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

/// This process's place.
pub(super) struct Place<'a> {
    before: &'a Cpus,
    /// Where the peer belongs; anywhere if it is `None`.
    pub(super) peer: Option<usize>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Those were allowed before; where they are no longer, another benchmark would fail by itself.
        let _ = run_on(self.before.all);
    }
}

/// Puts this process, or this thread and those that it starts, on one CPU.
pub(super) fn pin(cpu: usize) -> Result<(), Failure> {
    run_on(set_of(&[cpu])).map_err(|error| Failure::because(format_args!("cannot run on CPU {cpu}"), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cpus_are_refused_where_there_is_one() {
        let with = |cpus: &[usize]| Cpus::new(set_of(cpus));
        let Err(Failure::Usage(message)) = with(&[3]).check(Placement::TwoCpus) else { panic!("accepted") };
        assert!(message.contains("CPU 3"), "{message}");
        for (cpus, placement) in
            [(&[3][..], Placement::OneCpu), (&[3], Placement::Free), (&[3, 5], Placement::TwoCpus)]
        {
            assert!(with(cpus).check(placement).is_ok(), "{placement:?}");
        }
    }

    #[test]
    fn where_no_cpu_is_known_none_is_chosen() {
        let unknown = Cpus::new(set_of(&[]));
        for placement in [Placement::OneCpu, Placement::TwoCpus] {
            assert!(matches!(unknown.check(placement), Err(Failure::Usage(_))), "{placement:?}");
        }
        assert!(unknown.check(Placement::Free).is_ok());
    }

    #[test]
    fn a_set_has_the_cpus_that_were_put_in() {
        assert_eq!(numbers(set_of(&[3, 5])).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn a_place_is_left_as_it_was_found() {
        let cpus = Cpus::of_this_process().expect("they can be read");
        let place = cpus.place(Placement::OneCpu).expect("there is a CPU");
        assert_eq!(numbers(usable().expect("it can be read")).count(), 1);
        assert_eq!(place.peer, cpus.first);
        drop(place);
        assert_eq!(usable().expect("it can be read"), cpus.all);
    }

    #[test]
    fn cpu_time_passes_with_work() {
        let start = cpu_time();
        while cpu_time() == start {
            std::hint::spin_loop();
        }
    }
}
