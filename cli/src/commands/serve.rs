//! `netipc serve`

#[cfg_attr(target_os = "linux", path = "serve/host/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "serve/host/processes.rs")]
mod host;

use std::io;
use std::thread;
use std::time::Duration;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{Increment, IpToAsn, IpToAsnRequest, StringReverse};
use netipc::transport::defaults;
use netipc::{Context, Drained, HandlerResult, ListenError, Server, ServerConfig, WireMessage};

use super::connection::{endpoint, profiles, services};
use crate::args::{Serve, ServeService};
use crate::error::{Failure, complain, sentence};
use crate::providers::ip_to_asn::IpToAsnProvider;
#[cfg(target_os = "linux")]
use crate::service_manager::{self, Sockets};
use crate::{output, signals};

/// How long calls in progress may take to finish at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How this was started.
#[cfg_attr(not(target_os = "linux"), derive(Clone, Copy))]
pub(super) struct Launch<'a> {
    args: &'a Serve,
    #[cfg(target_os = "linux")]
    sockets: Sockets,
}

impl<'a> Launch<'a> {
    /// To be called before anything else is opened.
    #[cfg(target_os = "linux")]
    fn of(args: &'a Serve) -> Result<Self, Failure> {
        Ok(Self { args, sockets: Sockets::handed_over()? })
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unnecessary_wraps, reason = "taking sockets over can fail")]
    fn of(args: &'a Serve) -> Result<Self, Failure> {
        Ok(Self { args })
    }
}

/// Serves until told to end.
pub(crate) fn run(args: &Serve) -> Result<(), Failure> {
    let launch = Launch::of(args)?;
    match &args.service {
        ServeService::CgroupsSnapshot { host, refresh } => host::cgroups_snapshot(launch, host, *refresh),
        ServeService::CgroupsLookup { host, refresh } => host::cgroups_lookup(launch, host, *refresh),
        ServeService::AppsLookup { host, refresh } => host::apps_lookup(launch, host, *refresh),
        ServeService::PidTraffic { host, refresh } => host::pid_traffic(launch, host, *refresh),
        ServeService::IpToAsn { db, refresh } => {
            let provider = IpToAsnProvider::new(db, *refresh)?;
            provide::<IpToAsnRequest, IpToAsn, _>(
                launch,
                services::IP_TO_ASN,
                0,
                move |request, response, _| said(provider.respond(request, response)),
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
    let Launch {
        args,
        #[cfg(target_os = "linux")]
        sockets,
    } = launch;
    // First of all: a signal that comes while the socket is being made must not leave it behind.
    let mut signals = signals::termination()?;
    #[cfg(target_os = "linux")]
    netipc::transport::guard_against_truncation()
        .map_err(|error| Failure::because("cannot handle SIGBUS", &error))?;
    let (endpoint, run_dir) = endpoint(&args.endpoint, contract_name)?;
    let config = config(args, most)?;
    run_dir.prepare()?;
    #[cfg(target_os = "linux")]
    let server = match sockets.of_service(endpoint.service())? {
        Some(socket) => Server::<Req, Resp>::spawn_on(socket, endpoint, config, handler),
        None => Server::<Req, Resp>::spawn(endpoint, config, handler),
    };
    #[cfg(not(target_os = "linux"))]
    let server = Server::<Req, Resp>::spawn(endpoint, config, handler);
    let server = server.map_err(|error| not_served(&error))?;
    if run_dir.is_open_to_all() {
        let run_dir = run_dir.path().display();
        complain(format_args!(
            "everybody may put a socket into {run_dir}, and so pass for a provider (chmod o-w {run_dir})"
        ));
    }

    if args.until_stdin_ends {
        let handle = signals.handle();
        thread::spawn(move || {
            // A standard input that cannot be read has ended as well.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            handle.close();
        });
    }
    #[cfg(target_os = "linux")]
    service_manager::tell("READY=1");
    // Whoever has closed our stdout does not wait for this.
    let _ = output::line(format_args!("ready {}", server.endpoint()));

    // Until the first of them, or until the handle is closed.
    signals.forever().next();
    #[cfg(target_os = "linux")]
    service_manager::tell("STOPPING=1");

    if let Drained::CutOff { sessions } = server.drain(PATIENCE) {
        complain(format_args!("{sessions} calls were cut off: they did not end within {PATIENCE:?}"));
    }
    Ok(())
}

/// Why nothing is served, and what helps.
fn not_served(error: &ListenError) -> Failure {
    #[cfg(unix)]
    if let ListenError::Path { endpoint, path, problem, source } = error {
        // The path tells which endpoint it is.
        let why = format!("{} {problem}: {source}", path.display());
        let is_missing = source.kind() == io::ErrorKind::NotFound && path == endpoint.run_dir();
        let hint =
            if is_missing { format!("; make it (mkdir -m 755 {})", path.display()) } else { String::new() };
        return Failure::Failed(why + &hint);
    }
    Failure::Failed(sentence(error))
}

/// What is not said is 0, which the library replaces by its defaults.
fn config(args: &Serve, most: u32) -> Result<ServerConfig, Failure> {
    Ok(ServerConfig {
        auth_token: args.endpoint.auth_token,
        supported_profiles: profiles(args.session.profile)?,
        max_request_payload_bytes: args.session.max_request_payload.unwrap_or_default(),
        max_response_payload_bytes: args.session.max_response_payload.unwrap_or(most),
        packet_size: args.session.packet_size.unwrap_or_default(),
        max_sessions: args.max_sessions,
        handshake_timeout: args.timeout,
        ..ServerConfig::default()
    })
}
