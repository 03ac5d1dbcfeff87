//! The services whose providers look at a host that has processes and no cgroups.

use std::path::Path;
use std::time::Duration;

use netipc::messages::{AppsLookup, AppsLookupRequest};

use super::{Launch, provide, said};
use crate::args::Host;
use crate::commands::connection::services;
use crate::error::Failure;
use crate::providers::apps_lookup::AppsLookupProvider;

pub(super) fn apps_lookup(launch: Launch<'_>, host: &Host, refresh: Duration) -> Result<(), Failure> {
    // What was asked for is not what would be looked at.
    if host.host_root != Path::new("/") {
        return Err(Failure::Usage("--host-root is for hosts that run Linux".to_owned()));
    }
    let provider = AppsLookupProvider::new(refresh)
        .map_err(|error| Failure::because("cannot look for processes", &error))?;
    provide::<AppsLookupRequest, AppsLookup, _>(
        launch,
        services::APPS_LOOKUP,
        0,
        move |request, response, _| said(provider.respond(request, response)),
    )
}

pub(super) fn cgroups_snapshot(_launch: Launch<'_>, _host: &Host, _refresh: Duration) -> Result<(), Failure> {
    Err(needs_linux("the provider of cgroups-snapshot"))
}

pub(super) fn cgroups_lookup(_launch: Launch<'_>, _host: &Host, _refresh: Duration) -> Result<(), Failure> {
    Err(needs_linux("the provider of cgroups-lookup"))
}

pub(super) fn pid_traffic(_launch: Launch<'_>, _host: &Host, _refresh: Duration) -> Result<(), Failure> {
    Err(needs_linux("the provider of pid-traffic"))
}

fn needs_linux(what: &str) -> Failure {
    Failure::Failed(format!("{what} looks at what only Linux has, and is not available here"))
}
