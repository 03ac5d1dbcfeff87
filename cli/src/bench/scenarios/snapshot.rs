//! A snapshot of cgroups over Level 2.

use netipc::codec::Encode;
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{Client, ClientConfig};

use super::super::measure::{Contest, Exchange};
use super::super::sizes::Sizes;
use super::super::snapshot::{is_whole, len};
use super::{Site, profiles};
use crate::args::bench::{Carrier, Service};
use crate::error::Failure;

type Cgroups = Client<CgroupsSnapshotRequest, CgroupsSnapshot>;

pub(super) fn contest(site: &Site<'_>, carrier: Carrier) -> Result<Contest<'static>, Failure> {
    let (mut peer, end) = site.peer(Service::Snapshot, carrier)?;
    let response = len().map_err(|error| Failure::because("cannot make a snapshot", &error))?;
    let sizes = Sizes::Payloads { request: CgroupsSnapshotRequest {}.encoded_len(), response };
    let floors = end.one_at_a_time(carrier, site.placement, &peer, sizes)?;
    let ours = Box::new(Calls(peer.blame(client(site, carrier))?));
    Ok(Contest { unit: "calls", ours, floors, peer: Some(peer) })
}

/// A client that is connected.
pub(super) fn client(site: &Site<'_>, carrier: Carrier) -> Result<Cgroups, Failure> {
    let config = ClientConfig { supported_profiles: profiles(carrier), ..ClientConfig::default() };
    let mut client = Cgroups::new(site.endpoint()?, config);
    client.refresh();
    match client.connect_error() {
        None => Ok(client),
        Some(error) => Err(Failure::because("cannot connect to the peer", error)),
    }
}

/// One call, all of whose response is looked at.
pub(super) fn call(client: &mut Cgroups) -> Result<(), Failure> {
    let snapshot =
        client.call(CgroupsSnapshotRequest {}).map_err(|error| Failure::because("a call failed", &error))?;
    if is_whole(snapshot) {
        Ok(())
    } else {
        Err(Failure::Failed("another snapshot came than was served".to_owned()))
    }
}

struct Calls(Cgroups);

impl Exchange for Calls {
    fn exchange(&mut self) -> Result<u64, Failure> {
        call(&mut self.0)?;
        Ok(1)
    }
}
