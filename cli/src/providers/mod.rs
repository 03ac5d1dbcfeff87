//! What `netipc serve` publishes: one module per service, and beside them what reads the host for it.
//!
//! | service | module | reads |
//! |---|---|---|
//! | `cgroups-snapshot` | [`cgroups_snapshot`] | [`cgroups`] |
//! | `cgroups-lookup` | [`cgroups_lookup`] | [`cgroups`] |
//! | `apps-lookup` | [`apps_lookup`] | [`processes`], [`cgroups`] |
//! | `ip-to-asn` | [`ip_to_asn`] | [`networks`] |
//! | `pid-traffic` | [`pid_traffic`] | [`traffic`], [`processes`] |
//!
//! What reads the host is a function of the directories that it is given, and knows no service. A key of a request is
//! looked up among what was read; it is never made part of a path that is opened (`docs/contract/messages.md`).

pub(crate) mod apps_lookup;
mod cgroups;
pub(crate) mod cgroups_lookup;
pub(crate) mod cgroups_snapshot;
#[cfg(test)]
mod fixture;
mod fresh;
mod host;
mod incomplete;
pub(crate) mod ip_to_asn;
mod missed;
mod networks;
pub(crate) mod pid_traffic;
mod processes;
mod traffic;

pub(crate) use host::HostRoot;
