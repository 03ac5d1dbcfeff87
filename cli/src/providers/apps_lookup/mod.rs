//! `apps-lookup`: what a process is, and its cgroup where there are any.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "table.rs")]
mod platform;

use std::io;
use std::time::Duration;

use netipc::HandlerResult;
use netipc::messages::{AppLookupItemRef, AppsLookupBuilder, AppsLookupRequestView, ProcessStatus};

use self::platform::Apps;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::platform::process_ids;
use super::fresh::{Fresh, Source};

/// Tells what processes are.
pub(crate) struct AppsLookupProvider {
    apps: Fresh<Apps, Source<Apps>>,
}

impl AppsLookupProvider {
    /// A provider whose answers are no older than `refresh`.
    ///
    /// # Errors
    /// The host cannot be looked at: what makes every call fail is better known before the first.
    fn of(source: Source<Apps>, refresh: Duration) -> io::Result<Self> {
        let apps = Fresh::new(refresh, source);
        apps.current()?;
        Ok(Self { apps })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The host cannot be looked at.
    pub(crate) fn respond(
        &self,
        request: AppsLookupRequestView<'_>,
        response: &mut AppsLookupBuilder<'_>,
    ) -> HandlerResult {
        let look = self.apps.current()?;
        let apps = &look.published.value;
        response.generation(look.published.generation);
        let mut labels = Vec::new();
        for key in request.pids() {
            labels.clear();
            let item = apps.item(key.pid(), &mut labels).unwrap_or(AppLookupItemRef {
                status: ProcessStatus::Unknown,
                pid: key.pid(),
                uid: u32::MAX,
                ..AppLookupItemRef::default()
            });
            response.items().push(AppLookupItemRef { labels: &labels, ..item })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use netipc::messages::{AppLookupItem, AppsLookup, AppsLookupRequest, Pid};
    use netipc::{Encode, MessageBuilder, WireMessage};

    use super::*;

    /// What a provider answers.
    pub(super) fn ask(provider: &AppsLookupProvider, pids: &[u32]) -> Vec<AppLookupItem> {
        let request = AppsLookupRequest { pids: pids.iter().map(|pid| Pid { pid: *pid }).collect() };
        let mut bytes = vec![0; request.encoded_len()];
        request.encode(&mut bytes).expect("as long as it is");
        let mut buffer = vec![0; 100_000];
        let mut builder = AppsLookupBuilder::answering(&mut buffer, &bytes);
        let request = AppsLookupRequest::decode(&bytes).expect("well-formed");
        provider.respond(request, &mut builder).expect("it answers");
        let len = builder.finish().expect("it fits");
        AppsLookup::decode(&buffer[..len]).expect("well-formed").to_owned().items
    }
}
