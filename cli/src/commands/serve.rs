//! `netipc serve`

use std::io;
use std::thread;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{
    CgroupsSnapshot, CgroupsSnapshotBuilder, CgroupsSnapshotRequest, Increment, StringReverse,
};
use netipc::transport::defaults;
use netipc::{Context, Drained, HandlerResult, Server, ServerConfig, WireMessage};

use super::connection::{SNAPSHOT_BYTES, endpoint, profiles, services};
use crate::args::{Serve, ServeService};
use crate::cgroups::{self, Fresh, Limits, Published, Scan};
use crate::error::{Failure, complain};
use crate::{output, signals};

/// How long calls in progress may take to finish at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves until told to end.
pub(crate) fn run(args: &Serve) -> Result<(), Failure> {
    match args.service {
        ServeService::CgroupsSnapshot { refresh } => {
            let fresh = Fresh::new(refresh, scanner());
            // What makes every call fail is better known before the first.
            fresh.current().map_err(|error| Failure::because("cannot look for cgroups", &error))?;
            provide::<CgroupsSnapshotRequest, CgroupsSnapshot, _>(
                args,
                services::CGROUPS_SNAPSHOT,
                SNAPSHOT_BYTES,
                move |_, response, _| {
                    let published = fresh
                        .current()
                        // The caller learns only that it failed.
                        .inspect_err(|error| complain(format_args!("cannot look for cgroups: {error}")))?;
                    publish(&published, response)
                },
            )
        }
        ServeService::Increment => {
            provide::<Increment, Increment, _>(args, services::INCREMENT, 0, |request, response, _| {
                response.value(request.value().wrapping_add(1));
                Ok(())
            })
        }
        ServeService::StringReverse => provide::<StringReverse, StringReverse, _>(
            args,
            services::STRING_REVERSE,
            // A response is as long as its request.
            args.session.max_request_payload.unwrap_or(defaults::AUTOMATIC_CEILING_BYTES),
            |request, response, _| {
                response.text_with(request.text().len(), |place| {
                    place.copy_from_slice(request.text());
                    place.reverse();
                });
                Ok(())
            },
        ),
    }
}

/// Fills a response.
fn publish(published: &Published, response: &mut CgroupsSnapshotBuilder<'_>) -> HandlerResult {
    response.generation(published.generation);
    response.systemd_enabled(u32::from(published.scan.systemd));
    Ok(response.cgroups().extend(&published.scan.cgroups)?)
}

/// Reads the host's cgroups, and says on stderr what is not among them whenever that has changed.
fn scanner() -> impl FnMut() -> io::Result<Scan> {
    let mut said = (0, 0);
    move || {
        let hierarchies = cgroups::find()?;
        if hierarchies.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no cgroup file system is mounted"));
        }
        let scan = cgroups::scan(&hierarchies, Limits::default());
        let missing = (scan.unreadable, scan.left_out);
        if missing != said {
            let (unreadable, left_out) = missing;
            complain(format_args!(
                "cgroups: {unreadable} directories cannot be read, {left_out} are beyond the limits of depth and number"
            ));
            said = missing;
        }
        Ok(scan)
    }
}

/// Serves one method until a signal comes. `most` is the ceiling of responses where the command line names none.
fn provide<Req, Resp, H>(args: &Serve, contract_name: &str, most: u32, handler: H) -> Result<(), Failure>
where
    Req: MethodMessage,
    Resp: Answers<Req>,
    H: Fn(<Req as WireMessage>::View<'_>, &mut <Resp as WireMessage>::Builder<'_>, &Context) -> HandlerResult
        + Send
        + Sync
        + 'static,
{
    // First of all: a signal that comes while the socket is being made must not leave it behind.
    let mut signals = signals::termination()?;
    let (endpoint, run_dir) = endpoint(&args.endpoint, contract_name)?;
    let config = config(args, most)?;
    run_dir.prepare()?;
    let server = Server::<Req, Resp>::spawn(endpoint, config, handler)
        .map_err(|error| Failure::because("cannot serve", &error))?;

    if args.until_stdin_ends {
        let handle = signals.handle();
        thread::spawn(move || {
            // A standard input that cannot be read has ended as well.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            handle.close();
        });
    }
    // Whoever has closed our stdout does not wait for this.
    let _ = output::line(format_args!("ready {}", server.endpoint()));

    // Until the first of them, or until the handle is closed.
    signals.forever().next();

    if let Drained::CutOff { sessions } = server.drain(PATIENCE) {
        complain(format_args!("{sessions} calls were cut off: they did not end within {PATIENCE:?}"));
    }
    Ok(())
}

/// What is not said is 0, which the library replaces by its defaults.
fn config(args: &Serve, most: u32) -> Result<ServerConfig, Failure> {
    Ok(ServerConfig {
        auth_token: args.endpoint.auth_token,
        supported_profiles: profiles(args.session.profile)?,
        max_request_payload_bytes: args.session.max_request_payload.unwrap_or_default(),
        max_response_payload_bytes: args.session.max_response_payload.unwrap_or(most),
        packet_size: args.session.packet_size.unwrap_or_default(),
        max_sessions: args.max_sessions.unwrap_or_default(),
        handshake_timeout: args.timeout.unwrap_or_default(),
        ..ServerConfig::default()
    })
}

#[cfg(test)]
mod tests {
    use netipc::MessageBuilder;
    use netipc::messages::Cgroup;

    use super::*;

    fn published(cgroups: u32) -> Published {
        let cgroup = |index: u32| Cgroup {
            hash: index,
            options: 1,
            enabled: index % 2,
            name: format!("unit-{index}.service").into(),
            path: format!("/sys/fs/cgroup/system.slice/unit-{index}.service").into(),
        };
        let cgroups = (0..cgroups).map(cgroup).collect();
        Published { generation: 7, scan: Scan { cgroups, systemd: true, unreadable: 3, left_out: 0 } }
    }

    #[test]
    fn what_was_scanned_is_what_is_published() {
        let published = published(3);
        let mut bytes = vec![0; 1024];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        publish(&published, &mut builder).expect("it fits");
        let len = builder.finish().expect("it fits");
        let snapshot = CgroupsSnapshot::decode(&bytes[..len]).expect("it is well-formed").to_owned();
        assert_eq!((snapshot.generation, snapshot.systemd_enabled), (7, 1));
        assert_eq!(snapshot.cgroups, published.scan.cgroups);
    }

    #[test]
    fn as_many_cgroups_as_a_scan_may_have_fit_in_the_default_ceiling() {
        let published = published(u32::try_from(Limits::default().cgroups).expect("it fits"));
        let mut bytes = vec![0; SNAPSHOT_BYTES as usize];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        publish(&published, &mut builder).expect("it fits");
        assert!(builder.finish().is_ok());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut bytes = [0; 100];
        let mut builder = CgroupsSnapshotBuilder::new(&mut bytes);
        assert!(publish(&published(3), &mut builder).is_err());
        assert!(builder.finish().is_err());
    }
}
