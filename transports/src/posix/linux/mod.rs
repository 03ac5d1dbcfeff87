//! What is different on Linux; the module `bsd` has the same for other systems.

mod alarm;
mod cpus;
mod readiness;

pub(super) use alarm::Alarm;
pub(super) use cpus::several_cpus;
pub(super) use readiness::Readiness;
