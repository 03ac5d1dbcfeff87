//! `ip-to-asn`: which network an address belongs to.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use netipc::HandlerResult;
use netipc::messages::{Address, AddressStatus, IpToAsnBuilder, IpToAsnRequestView, NetworkRef};

use super::networks::Watched;
use crate::error::Failure;

/// Tells which networks addresses belong to.
pub(crate) struct IpToAsnProvider(Watched);

impl IpToAsnProvider {
    /// A provider that answers from the database in a file, and looks for changes of it at most once in `refresh`.
    ///
    /// # Errors
    /// The database is no good.
    pub(crate) fn new(database: &Path, refresh: Duration) -> Result<Self, Failure> {
        let watched = Watched::open(database, refresh);
        watched.map(Self).map_err(|error| Failure::because("there is no database", &error))
    }

    /// Answers a request.
    ///
    /// # Errors
    /// A record of the database makes no sense.
    pub(crate) fn respond(
        &self,
        request: IpToAsnRequestView<'_>,
        response: &mut IpToAsnBuilder<'_>,
    ) -> HandlerResult {
        let database = self.0.current();
        response.generation(database.generation);
        for key in request.addresses() {
            let (address_high, address_low) = (key.address_high(), key.address_low());
            let found = database.value.find(IpAddr::from(Address { address_high, address_low }))?;
            let unknown = NetworkRef { address_high, address_low, ..NetworkRef::default() };
            response.items().push(match found {
                Some(found) => NetworkRef {
                    status: AddressStatus::Known,
                    prefix_len: found.prefix_len,
                    asn: found.asn,
                    country: found.country.as_bytes(),
                    organisation: found.organisation.as_bytes(),
                    ..unknown
                },
                None => NetworkRef { status: AddressStatus::Unknown, ..unknown },
            })?;
        }
        Ok(())
    }
}
