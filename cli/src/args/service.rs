//! The contract's services, by name.

use clap::ValueEnum;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::bench;
use crate::output::printable;

/// The services whose messages the library brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServiceName {
    /// A number plus one (method 1)
    Increment,
    /// The cgroups of this host (method 2)
    CgroupsSnapshot,
    /// A text backwards (method 3)
    StringReverse,
    /// What cgroups are (method 4)
    CgroupsLookup,
    /// What processes are (method 5)
    AppsLookup,
    /// Which networks IP addresses belong to (method 0x8001)
    IpToAsn,
    /// What each process has sent and received (method 0x8002)
    PidTraffic,
}

/// What stands for a service in the usage of a command.
pub(super) const SERVICE: &str = "SERVICE";

impl ServiceName {
    /// Its name, in the contract as on the command line.
    pub(crate) fn name(self) -> String {
        bench::name(&self)
    }
}

/// One sentence about a service that there is not, if that is what is wrong with a command line.
pub(super) fn unknown(error: &clap::Error) -> Option<String> {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    };
    let placeholder = format!("<{SERVICE}>");
    let name = match error.kind() {
        ErrorKind::InvalidValue if context(ContextKind::InvalidArg) == placeholder => {
            context(ContextKind::InvalidValue)
        }
        ErrorKind::InvalidSubcommand if context(ContextKind::Usage).contains(&placeholder) => {
            context(ContextKind::InvalidSubcommand)
        }
        _ => return None,
    };
    let services: Vec<_> = ServiceName::value_variants().iter().map(|service| service.name()).collect();
    Some(format!("there is no service \"{}\"; there are {}", printable(name.as_bytes()), services.join(", ")))
}
