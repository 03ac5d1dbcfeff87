//! IP_TO_ASN. Addresses are text; those of version 4 as such.

use std::net::IpAddr;

use netipc::WireString;
use netipc::messages::{Address, AddressStatus, IpToAsn, IpToAsnRequest, Network};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::via::{self, Json, object};
use super::wire_enum;

#[derive(Serialize, Deserialize)]
#[serde(remote = "IpToAsnRequest", deny_unknown_fields, expecting = "an object")]
struct RequestJson {
    #[serde(with = "via")]
    addresses: Vec<Address>,
}

object!(IpToAsnRequest as RequestJson);

impl Json for Address {
    fn to_json<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        IpAddr::from(*self).serialize(to)
    }

    fn from_json<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IpAddr::deserialize(from).map(Self::from)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "IpToAsn", deny_unknown_fields, expecting = "an object")]
struct ResponseJson {
    generation: u64,
    #[serde(with = "via")]
    items: Vec<Network>,
}

object!(IpToAsn as ResponseJson);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Network", deny_unknown_fields, expecting = "an object")]
struct NetworkJson {
    #[serde(with = "wire_enum")]
    status: AddressStatus,
    prefix_len: u16,
    #[serde(with = "via", getter = "address")]
    address: Address,
    asn: u32,
    #[serde(with = "via")]
    country: WireString,
    #[serde(with = "via")]
    organisation: WireString,
}

object!(Network as NetworkJson);

fn address(network: &Network) -> Address {
    Address { address_high: network.address_high, address_low: network.address_low }
}

impl From<NetworkJson> for Network {
    fn from(json: NetworkJson) -> Self {
        let NetworkJson { status, prefix_len, address, asn, country, organisation } = json;
        let Address { address_high, address_low } = address;
        Self { status, prefix_len, address_high, address_low, asn, country, organisation }
    }
}
