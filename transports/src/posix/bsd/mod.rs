//! What is different on FreeBSD and macOS; the module `linux` has the same for Linux. There is no shared memory here.

mod alarm;
mod cpus;
mod readiness;
pub(crate) mod shm;

pub(super) use alarm::Alarm;
pub(super) use cpus::several_cpus;
pub(super) use readiness::Readiness;
