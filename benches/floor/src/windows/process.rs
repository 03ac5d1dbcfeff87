//! This process: where it may run, and the CPU time that it has taken.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::time::Duration;

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetProcessAffinityMask, GetProcessTimes, SetProcessAffinityMask,
};

use super::succeeded;

/// `GetProcessAffinityMask`: the CPUs that this process may run on, a bit each; 0 where it runs on several groups of them.
///
/// # Errors
/// What the OS says.
pub fn cpus() -> io::Result<usize> {
    let (mut own, mut all) = (0, 0);
    // SAFETY: the first call gives a number that stands for this process; the masks are variables that outlive the second.
    succeeded(unsafe { GetProcessAffinityMask(GetCurrentProcess(), &raw mut own, &raw mut all) })?;
    Ok(own)
}

/// `SetProcessAffinityMask`: from here on this process, and those that it starts, run on these CPUs alone.
///
/// # Errors
/// What the OS says.
pub fn run_on(cpus: usize) -> io::Result<()> {
    // SAFETY: both calls take numbers only, and the first gives one that stands for this process.
    succeeded(unsafe { SetProcessAffinityMask(GetCurrentProcess(), cpus) })
}

/// `GetProcessTimes`: the CPU time that all threads of this process have taken together. Windows counts it in clock ticks
/// of some 15 milliseconds.
///
/// # Errors
/// What the OS says.
pub fn cpu_time() -> io::Result<Duration> {
    let [mut creation, mut exit, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the first call gives a number that stands for this process; the times are variables that outlive the second.
    succeeded(unsafe {
        GetProcessTimes(GetCurrentProcess(), &raw mut creation, &raw mut exit, &raw mut kernel, &raw mut user)
    })?;
    Ok(duration(kernel) + duration(user))
}

/// In units of 100 nanoseconds.
fn duration(time: FILETIME) -> Duration {
    let units = u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    Duration::from_nanos(units.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_where_it_is_told_to() {
        let all = cpus().expect("it can be told");
        assert_ne!(all, 0);
        let first = 1 << all.trailing_zeros();
        run_on(first).expect("it may run there");
        let now = cpus();
        run_on(all).expect("it was allowed to");
        assert_eq!(now.expect("it can be told"), first);
        assert!(run_on(0).is_err());
    }

    #[test]
    fn cpu_time_passes_with_work() {
        let start = cpu_time().expect("it can be told");
        while cpu_time().expect("it can be told") == start {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn times_are_counted_in_100_nanoseconds() {
        let time = FILETIME { dwLowDateTime: 3, dwHighDateTime: 1 };
        assert_eq!(duration(time), Duration::from_nanos(((1 << 32) + 3) * 100));
    }
}
