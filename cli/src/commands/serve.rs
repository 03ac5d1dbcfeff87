//! `netipc serve`

use std::io;
use std::thread;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{
    AppsLookup, AppsLookupRequest, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment, IpToAsn, IpToAsnRequest, PidTraffic, PidTrafficRequest, StringReverse,
};
use netipc::transport::defaults;
use netipc::{Context, Drained, HandlerResult, Server, ServerConfig, WireMessage};

use super::connection::{SNAPSHOT_BYTES, endpoint, profiles, services};
use crate::args::{Serve, ServeService};
use crate::error::{Failure, complain};
use crate::providers::HostRoot;
use crate::providers::apps_lookup::AppsLookupProvider;
use crate::providers::cgroups_lookup::CgroupsLookupProvider;
use crate::providers::cgroups_snapshot::CgroupsSnapshotProvider;
use crate::providers::ip_to_asn::IpToAsnProvider;
use crate::providers::pid_traffic::PidTrafficProvider;
use crate::service_manager::{self, Sockets};
use crate::{output, signals};

/// How long calls in progress may take to finish at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How this was started.
struct Launch<'a> {
    args: &'a Serve,
    sockets: Sockets,
}

/// Serves until told to end.
pub(crate) fn run(args: &Serve) -> Result<(), Failure> {
    // Before anything else is opened.
    let launch = Launch { args, sockets: Sockets::handed_over()? };
    let host = HostRoot::new(&args.host_root);
    match args.service {
        ServeService::CgroupsSnapshot { refresh } => {
            let provider =
                CgroupsSnapshotProvider::new(&host, refresh).map_err(|error| no_cgroups(&error))?;
            provide::<CgroupsSnapshotRequest, CgroupsSnapshot, _>(
                launch,
                services::CGROUPS_SNAPSHOT,
                SNAPSHOT_BYTES,
                move |_, response, _| said(provider.respond(response)),
            )
        }
        ServeService::CgroupsLookup { refresh } => {
            let provider = CgroupsLookupProvider::new(&host, refresh).map_err(|error| no_cgroups(&error))?;
            provide::<CgroupsLookupRequest, CgroupsLookup, _>(
                launch,
                services::CGROUPS_LOOKUP,
                0,
                move |request, response, _| said(provider.respond(request, response)),
            )
        }
        ServeService::AppsLookup { refresh } => {
            let provider = AppsLookupProvider::new(&host, refresh)
                .map_err(|error| Failure::because("cannot look for processes", &error))?;
            provide::<AppsLookupRequest, AppsLookup, _>(
                launch,
                services::APPS_LOOKUP,
                0,
                move |request, response, _| said(provider.respond(request, response)),
            )
        }
        ServeService::IpToAsn { ref db, refresh } => {
            let provider = IpToAsnProvider::new(db, refresh)?;
            provide::<IpToAsnRequest, IpToAsn, _>(
                launch,
                services::IP_TO_ASN,
                0,
                move |request, response, _| said(provider.respond(request, response)),
            )
        }
        ServeService::PidTraffic { refresh } => {
            let provider = PidTrafficProvider::new(&host, refresh)
                .map_err(|error| Failure::because("cannot read the counters of sockets", &error))?;
            provide::<PidTrafficRequest, PidTraffic, _>(
                launch,
                services::PID_TRAFFIC,
                SNAPSHOT_BYTES,
                move |_, response, _| said(provider.respond(response)),
            )
        }
        ServeService::Increment => {
            provide::<Increment, Increment, _>(launch, services::INCREMENT, 0, |request, response, _| {
                response.value(request.value().wrapping_add(1));
                Ok(())
            })
        }
        ServeService::StringReverse => provide::<StringReverse, StringReverse, _>(
            launch,
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

fn no_cgroups(error: &io::Error) -> Failure {
    Failure::because("cannot look for cgroups", error)
}

/// Says on stderr why a call fails: the caller learns only that it did.
fn said(result: HandlerResult) -> HandlerResult {
    result.inspect_err(|error| complain(format_args!("a call failed: {error}")))
}

/// Serves one method until a signal comes. `most` is the ceiling of responses where the command line names none.
fn provide<Req, Resp, H>(
    launch: Launch<'_>,
    contract_name: &str,
    most: u32,
    handler: H,
) -> Result<(), Failure>
where
    Req: MethodMessage,
    Resp: Answers<Req>,
    H: Fn(<Req as WireMessage>::View<'_>, &mut <Resp as WireMessage>::Builder<'_>, &Context) -> HandlerResult
        + Send
        + Sync
        + 'static,
{
    let Launch { args, sockets } = launch;
    // First of all: a signal that comes while the socket is being made must not leave it behind.
    let mut signals = signals::termination()?;
    netipc::transport::guard_against_truncation()
        .map_err(|error| Failure::because("cannot handle SIGBUS", &error))?;
    let (endpoint, run_dir) = endpoint(&args.endpoint, contract_name)?;
    let config = config(args, most)?;
    run_dir.prepare()?;
    let server = match sockets.of_service(endpoint.service())? {
        Some(socket) => Server::<Req, Resp>::spawn_on(socket, endpoint, config, handler),
        None => Server::<Req, Resp>::spawn(endpoint, config, handler),
    };
    let server = server.map_err(|error| Failure::because("cannot serve", &error))?;

    if args.until_stdin_ends {
        let handle = signals.handle();
        thread::spawn(move || {
            // A standard input that cannot be read has ended as well.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            handle.close();
        });
    }
    service_manager::tell("READY=1");
    // Whoever has closed our stdout does not wait for this.
    let _ = output::line(format_args!("ready {}", server.endpoint()));

    // Until the first of them, or until the handle is closed.
    signals.forever().next();
    service_manager::tell("STOPPING=1");

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
