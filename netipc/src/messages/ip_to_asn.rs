//! `IP_TO_ASN`, method `0x8001`: given IP addresses, which network each one belongs to. Service `ip-to-asn`.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv6Addr};

use crate::{WireEnum, WireMessage, WireString};

/// Asks which networks these addresses belong to.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 0x8001,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    reserved(at = 8, len = 8)
)]
pub struct IpToAsnRequest {
    /// The addresses; the response has an item for each, in this order.
    #[wire(count_at = 4, directory = ordered)]
    pub addresses: Vec<Address>,
}

/// An IP address. One of version 4 is written as its IPv4-mapped address of version 6, `::ffff:a.b.c.d`.
///
/// ```
/// use netipc::messages::Address;
/// let address = Address::from("192.0.2.1".parse::<std::net::IpAddr>()?);
/// assert_eq!((address.address_high, address.address_low), (0, 0xFFFF_C000_0201));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[wire(crate = crate, header = 16, fixed)]
pub struct Address {
    /// Its first 64 bits.
    #[wire(at = 0)]
    pub address_high: u64,
    /// Its last 64 bits.
    #[wire(at = 8)]
    pub address_low: u64,
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        let bits = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        }
        .to_bits();
        let low = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        Self { address_high: low(bits >> 64), address_low: low(bits) }
    }
}

impl From<Address> for IpAddr {
    fn from(address: Address) -> Self {
        let bits = (u128::from(address.address_high) << 64) | u128::from(address.address_low);
        Self::V6(Ipv6Addr::from_bits(bits)).to_canonical()
    }
}

/// The networks, one for one.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 0x8001,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    lookup(request = IpToAsnRequest, keys = addresses)
)]
pub struct IpToAsn {
    /// Tells one state of the provider's knowledge from the next.
    #[wire(at = 8)]
    pub generation: u64,
    /// An item for each address of the request, in that order.
    #[wire(count_at = 4, directory = ordered)]
    pub items: Vec<Network>,
}

/// The network that one address belongs to.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    header = 48,
    constant(layout_version: u16 = 1, at = 0),
    reserved(at = 6, len = 2),
    reserved(at = 28, len = 4),
    strings(disjoint, no_nul),
    end = exact,
    rule(status != Known => prefix_len = 0, asn = 0, country = empty, organisation = empty),
    lookup_item(
        key = Address,
        echo = (address_high, address_low),
        status = status,
        payload_exceeded = PayloadExceeded,
        oversized_item = OversizedItem
    )
)]
pub struct Network {
    /// Whether it is known.
    #[wire(at = 2, repr = u16)]
    pub status: AddressStatus,
    /// Length of the network's prefix, as the address's own family counts it: 0 to 32, or 0 to 128.
    #[wire(at = 4)]
    pub prefix_len: u16,
    /// The first 64 bits of the address, as in the request.
    #[wire(at = 8)]
    pub address_high: u64,
    /// The last 64 bits of the address, as in the request.
    #[wire(at = 16)]
    pub address_low: u64,
    /// Number of the autonomous system that announces the network; 0 where none does.
    #[wire(at = 24)]
    pub asn: u32,
    /// Its country, two letters of ISO 3166; may be empty.
    #[wire(at = 32, max = 2)]
    pub country: WireString,
    /// The organisation that runs it; may be empty.
    #[wire(at = 40)]
    pub organisation: WireString,
}

/// What is known of an address.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[wire(crate = crate, closed)]
pub enum AddressStatus {
    /// Its network is known.
    Known = 0,
    /// It belongs to no network that is known; may be kept for the provider's generation.
    Unknown = 1,
    /// The response was full; between libraries only.
    PayloadExceeded = 2,
    /// The item is too large for any response.
    OversizedItem = 3,
}
