//! `netipc demo`

mod provider;
#[cfg_attr(target_os = "linux", path = "cgroups.rs")]
#[cfg_attr(not(target_os = "linux"), path = "processes.rs")]
mod subject;
mod times;

#[cfg(unix)]
use std::fs::Permissions;
use std::hash::{BuildHasher, RandomState};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use netipc::transport::Profiles;
use netipc::{ClientConfig, Endpoint};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::provider::Provider;
use self::subject::Caller;
use self::times::Times;
use super::connection::{connect, profiles};
use crate::args::Demo;
use crate::error::Failure;
use crate::output;
use crate::output::nanoseconds;
use crate::progress::Progress;
use crate::signals::{Interrupt, interruptible};

/// Calls after which it is shown how far they are: seldom, beside what is measured.
const STRIDE: u32 = 1_000;

/// Starts a provider, calls it, prints what came of it, and leaves nothing behind.
pub(crate) fn run(args: &Demo) -> Result<(), Failure> {
    interruptible(|interrupt| {
        let directory = private_directory()
            .map_err(|error| Failure::because("cannot make a directory for the demo", &error))?;
        // The provider is gone when this returns, so that nothing is added to what is removed below.
        let result = with_provider(args, directory.path(), interrupt);
        let closed =
            directory.close().map_err(|error| Failure::because("cannot remove the demo's directory", &error));
        result.and(closed)
    })
}

/// A run directory that nobody else has. On Windows it only gives the pipe its name.
fn private_directory() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(Permissions::from_mode(0o700));
    builder.prefix("netipc-demo-").tempdir()
}

fn with_provider(args: &Demo, run_dir: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let endpoint =
        Endpoint::new(run_dir, subject::SERVICE).map_err(|error| Failure::Failed(error.to_string()))?;
    // Keyed by the system's random numbers, anew in every process.
    let token = RandomState::new().hash_one(run_dir);
    let provider = Provider::start(&endpoint, token, &args.session, args.timeout, interrupt)?;
    if !args.json {
        output::line(format_args!("provider  process {}, at {endpoint}", provider.id()))?;
    }

    let mut caller = Caller::new(endpoint, config(args, token)?)?;
    let client = caller.client();
    let abort = client.abort_handle();
    interrupt.then(move || abort.abort());
    connect(client)?;
    let profile = client.status().session.map_or(Profiles::NONE, |session| session.profile);
    if !args.json {
        output::line(format_args!("caller    process {}, profile {profile}\n", std::process::id()))?;
    }

    let shown = show(&mut caller, args)?;
    let times = measure(&mut caller, args.calls)?;
    if args.json {
        return output::json(&json!({
            "provider_pid": provider.id(),
            "profile": profile.to_string(),
            subject::ANSWER: shown,
            "calls": args.calls,
            "min_ns": nanoseconds(times.min),
            "median_ns": nanoseconds(times.median),
            "p99_ns": nanoseconds(times.p99),
        }));
    }
    output::line(format_args!(
        "\n{} calls, there and back: min {:.1?}, median {:.1?}, p99 {:.1?}",
        args.calls, times.min, times.median, times.p99
    ))
}

fn config(args: &Demo, token: u64) -> Result<ClientConfig, Failure> {
    Ok(ClientConfig {
        auth_token: token,
        supported_profiles: profiles(args.session.profile)?,
        max_request_payload_bytes: args.session.max_request_payload.unwrap_or_default(),
        max_response_payload_bytes: args.session.max_response_payload.unwrap_or(subject::MOST_BYTES),
        packet_size: args.session.packet_size.unwrap_or_default(),
        call_timeout: args.timeout,
        handshake_timeout: args.timeout,
        ..ClientConfig::default()
    })
}

/// One call, whose answer is shown; or given back, as JSON.
fn show(caller: &mut Caller, args: &Demo) -> Result<Value, Failure> {
    let answer = caller.call().map_err(|error| call_failed(&error))?;
    if args.json {
        return Ok(answer.json(args.show));
    }
    output::table(answer.table(args.show))?;
    match answer.len().saturating_sub(args.show) {
        0 => {}
        more => output::line(format_args!(" and {more} more"))?,
    }
    output::line(format_args!("\n{}", answer.summary()))?;
    Ok(Value::Null)
}

/// Times many calls, from the request to a response that is checked and can be read.
fn measure(caller: &mut Caller, calls: u32) -> Result<Times, Failure> {
    let progress = Progress::of(calls as usize, "calling");
    let mut samples = Vec::new();
    for number in 0..calls {
        let start = Instant::now();
        caller.call().map_err(|error| call_failed(&error))?;
        samples.push(start.elapsed());
        if number % STRIDE == STRIDE - 1 {
            progress.advance(STRIDE as usize);
        }
    }
    Times::of(&mut samples).ok_or_else(|| Failure::Usage("at least one call is needed to measure".to_owned()))
}

fn call_failed(error: &netipc::CallError) -> Failure {
    Failure::because("a call of the demo's provider failed", error)
}
