//! The services whose providers look at a Linux host.

use std::io;
use std::time::Duration;

use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, PidTraffic, PidTrafficRequest,
};

use super::{Launch, provide, said};
use crate::args::Host;
use crate::commands::connection::{SNAPSHOT_BYTES, services};
use crate::error::Failure;
use crate::providers::HostRoot;
use crate::providers::apps_lookup::AppsLookupProvider;
use crate::providers::cgroups_lookup::CgroupsLookupProvider;
use crate::providers::cgroups_snapshot::CgroupsSnapshotProvider;
use crate::providers::pid_traffic::PidTrafficProvider;

pub(super) fn cgroups_snapshot(launch: Launch<'_>, host: &Host, refresh: Duration) -> Result<(), Failure> {
    let provider = CgroupsSnapshotProvider::new(&HostRoot::new(&host.host_root), refresh)
        .map_err(|error| no_cgroups(&error))?;
    provide::<CgroupsSnapshotRequest, CgroupsSnapshot, _>(
        launch,
        services::CGROUPS_SNAPSHOT,
        SNAPSHOT_BYTES,
        move |_, response, _| said(provider.respond(response)),
    )
}

pub(super) fn cgroups_lookup(launch: Launch<'_>, host: &Host, refresh: Duration) -> Result<(), Failure> {
    let provider = CgroupsLookupProvider::new(&HostRoot::new(&host.host_root), refresh)
        .map_err(|error| no_cgroups(&error))?;
    provide::<CgroupsLookupRequest, CgroupsLookup, _>(
        launch,
        services::CGROUPS_LOOKUP,
        0,
        move |request, response, _| said(provider.respond(request, response)),
    )
}

pub(super) fn apps_lookup(launch: Launch<'_>, host: &Host, refresh: Duration) -> Result<(), Failure> {
    let provider = AppsLookupProvider::new(&HostRoot::new(&host.host_root), refresh)
        .map_err(|error| Failure::because("cannot look for processes", &error))?;
    provide::<AppsLookupRequest, AppsLookup, _>(
        launch,
        services::APPS_LOOKUP,
        0,
        move |request, response, _| said(provider.respond(request, response)),
    )
}

pub(super) fn pid_traffic(launch: Launch<'_>, host: &Host, refresh: Duration) -> Result<(), Failure> {
    let provider = PidTrafficProvider::new(&HostRoot::new(&host.host_root), refresh)
        .map_err(|error| Failure::because("cannot read the counters of sockets", &error))?;
    provide::<PidTrafficRequest, PidTraffic, _>(
        launch,
        services::PID_TRAFFIC,
        SNAPSHOT_BYTES,
        move |_, response, _| said(provider.respond(response)),
    )
}

fn no_cgroups(error: &io::Error) -> Failure {
    Failure::because("cannot look for cgroups", error)
}
