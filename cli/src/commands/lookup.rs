//! `netipc call cgroups-lookup`, `netipc call apps-lookup` and `netipc call ip-to-asn`

use std::ffi::OsString;
use std::net::IpAddr;

use netipc::messages::{
    Address, AppsLookup, AppsLookupRequest, CgroupPath, CgroupsLookup, CgroupsLookupRequest, IpToAsn,
    IpToAsnRequest, Pid,
};

use super::connection::{Most, services};
use super::keys;
use super::one_call::client;
use crate::args::Call;
use crate::error::Failure;
use crate::json::Serde;
use crate::{lookups, output};

/// Looks cgroups up and prints what they are.
pub(super) fn cgroups(args: &Call, paths: &[OsString]) -> Result<(), Failure> {
    let path = |key: &[u8]| keys::name(key).map(|path| CgroupPath { path: path.into() });
    let keys = keys::given(paths, "cgroup's path", path)?;
    let mut client =
        client::<CgroupsLookupRequest, CgroupsLookup>(args, services::CGROUPS_LOOKUP, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&Serde(&found));
    }
    output::tables(&found.items, lookups::cgroups)?;
    output::line(format_args!("\n{}", lookups::summary("cgroup", found.items.len(), found.generation)))
}

/// Looks processes up and prints what they are.
pub(super) fn apps(args: &Call, pids: &[OsString]) -> Result<(), Failure> {
    let pid = |key: &[u8]| keys::text(key).map(|pid| Pid { pid });
    let keys = keys::given(pids, "process ID", pid)?;
    let mut client = client::<AppsLookupRequest, AppsLookup>(args, services::APPS_LOOKUP, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&Serde(&found));
    }
    output::tables(&found.items, lookups::apps)?;
    output::line(format_args!("\n{}", lookups::summary("process", found.items.len(), found.generation)))
}

/// Looks addresses up and prints which networks they belong to.
pub(super) fn networks(args: &Call, addresses: &[OsString]) -> Result<(), Failure> {
    let address = |key: &[u8]| keys::text::<IpAddr>(key).map(Address::from);
    let keys = keys::given(addresses, "IP address", address)?;
    let mut client = client::<IpToAsnRequest, IpToAsn>(args, services::IP_TO_ASN, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&Serde(&found));
    }
    output::tables(&found.items, lookups::networks)?;
    output::line(format_args!("\n{}", lookups::summary("address", found.items.len(), found.generation)))
}
