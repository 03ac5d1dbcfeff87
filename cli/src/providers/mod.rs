//! What `netipc serve` publishes: one module per service, and beside them what reads the host for it.
//!
//! | service | module | reads |
//! |---|---|---|
//! | `cgroups-snapshot` | [`cgroups_snapshot`] | [`cgroups`] |
//! | `cgroups-lookup` | [`cgroups_lookup`] | [`cgroups`] |
//! | `apps-lookup` | [`apps_lookup`] | [`processes`], [`cgroups`]; elsewhere the table of processes |
//! | `ip-to-asn` | [`ip_to_asn`] | [`networks`] |
//! | `pid-traffic` | [`pid_traffic`] | [`traffic`], [`processes`] |
//!
//! What reads the host is a function of the directories that it is given, and knows no service. A key of a request is
//! looked up among what was read; it is never made part of a path that is opened (`docs/contract/messages.md`).

pub(crate) mod apps_lookup;
#[cfg(target_os = "linux")]
mod cgroups;
#[cfg(target_os = "linux")]
pub(crate) mod cgroups_lookup;
#[cfg(target_os = "linux")]
pub(crate) mod cgroups_snapshot;
#[cfg(all(test, target_os = "linux"))]
mod fixture;
mod fresh;
#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod incomplete;
pub(crate) mod ip_to_asn;
#[cfg(target_os = "linux")]
mod missed;
mod networks;
#[cfg(target_os = "linux")]
pub(crate) mod pid_traffic;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod traffic;

#[cfg(target_os = "linux")]
pub(crate) use host::HostRoot;
