//! Responses of lookups as values that grow by the items of further responses.

use netipc::Encode;
use netipc::codec::LookupResponse;
use netipc::messages::{AppsLookup, CgroupsLookup, IpToAsn};

/// The response of a lookup, as a value.
pub(super) trait Whole: LookupResponse + Encode {
    /// The value of a view.
    fn owned(view: Self::View<'_>) -> Self;

    /// The generation of all its items.
    fn generation(&self) -> u64;

    /// Adds the items of the response to the keys that follow.
    fn add(&mut self, part: Self);
}

macro_rules! whole {
    ($($response:ty)*) => {$(
        impl Whole for $response {
            fn owned(view: Self::View<'_>) -> Self {
                view.to_owned()
            }

            fn generation(&self) -> u64 {
                self.generation
            }

            fn add(&mut self, mut part: Self) {
                self.items.append(&mut part.items);
            }
        }
    )*};
}

whole!(CgroupsLookup AppsLookup IpToAsn);
