//! `netipc list`

use std::fmt::Display;

use comfy_table::Cell;
use netipc::transport::Agreed;
use serde_json::{Value, json};

use super::connection::{no_provider, run_dir};
use super::directory;
use crate::args::List;
use crate::colour::cell;
use crate::error::Failure;
use crate::output::{self, new_table};
use crate::survey::{Item, State, survey};

/// Prints what is in the run directory.
pub(crate) fn run(args: &List) -> Result<(), Failure> {
    let run_dir = run_dir(&args.survey.endpoint.directory);
    let only = args.survey.endpoint.service.as_deref();
    let endpoint = only.map(|service| directory::endpoint(run_dir.path(), service)).transpose()?;
    run_dir.verify()?;
    let items = survey(run_dir.path(), only, args.survey.endpoint.auth_token, args.survey.timeout)
        .map_err(|error| directory::unreadable(run_dir.path(), &error))?;
    if let Some(endpoint) = endpoint.filter(|_| items.is_empty()) {
        return Err(no_provider(&endpoint));
    }
    let (endpoints, regions): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.is_endpoint());
    if args.survey.json {
        return output::json(&json!({
            "run_dir": run_dir.path().to_string_lossy(),
            "endpoints": endpoints.into_iter().map(endpoint_json).collect::<Vec<_>>(),
            "regions": regions.into_iter().map(region_json).collect::<Vec<_>>(),
        }));
    }
    print_endpoints(&endpoints)?;
    print_regions(&regions)?;
    print_reasons(&items)?;
    output::line(summary(&items, run_dir.path().display()))
}

fn print_endpoints(endpoints: &[&Item]) -> Result<(), Failure> {
    if endpoints.is_empty() {
        return Ok(());
    }
    let headings = ["SERVICE", "STATE", "PROFILE", "RESPONSE", "PACKET", "USER", "PID"];
    let mut table = new_table(&headings, &[3, 4, 6]);
    for item in endpoints {
        let agreed =
            |value: fn(&Agreed) -> String| Cell::new(item.agreed.as_ref().map(value).unwrap_or_default());
        table.add_row([
            Cell::new(&item.service),
            cell(item.state.words(), item.state.tone()),
            agreed(|agreed| agreed.profile.to_string()),
            agreed(|agreed| agreed.max_response_payload_bytes.to_string()),
            agreed(|agreed| agreed.packet_size.to_string()),
            Cell::new(item.user()),
            Cell::new(item.pid()),
        ]);
    }
    output::table(table)?;
    output::line("")
}

/// Those of sessions that are in use are nobody's concern.
fn print_regions(regions: &[&Item]) -> Result<(), Failure> {
    let mut table = new_table(&["SHARED MEMORY", "STATE", "BYTES", "USER", "PID"], &[2, 4]);
    for item in regions.iter().filter(|item| item.state != State::InUse) {
        table.add_row([
            Cell::new(item.file_name()),
            cell(item.state.words(), item.state.tone()),
            Cell::new(item.bytes),
            Cell::new(item.user()),
            Cell::new(item.pid()),
        ]);
    }
    if table.is_empty() {
        return Ok(());
    }
    output::table(table)?;
    output::line("")
}

fn print_reasons(items: &[Item]) -> Result<(), Failure> {
    let mut any = false;
    for item in items {
        if let Some(reason) = &item.reason {
            output::line(format_args!("{}: {reason}", item.file_name()))?;
            any = true;
        }
    }
    if any { output::line("") } else { Ok(()) }
}

fn summary(items: &[Item], run_dir: impl Display) -> String {
    let count = |state| items.iter().filter(|item| item.state == state).count();
    let serving = count(State::Serving);
    let endpoints = match items.iter().filter(|item| item.is_endpoint()).count() {
        0 => format!("no endpoints in {run_dir}"),
        1 => format!("1 endpoint in {run_dir}, {serving} serving"),
        many => format!("{many} endpoints in {run_dir}, {serving} serving"),
    };
    match count(State::LeftBehind) {
        0 => endpoints,
        1 => format!("{endpoints}; 1 file is left behind (netipc clean removes it)"),
        left => format!("{endpoints}; {left} files are left behind (netipc clean removes them)"),
    }
}

fn endpoint_json(item: &Item) -> Value {
    let mut value = item.json();
    let agreed = item.agreed.as_ref();
    value["profile"] = agreed.map(|agreed| agreed.profile.to_string()).into();
    value["packet_size"] = agreed.map(|agreed| agreed.packet_size).into();
    value["max_request_payload_bytes"] = agreed.map(|agreed| agreed.max_request_payload_bytes).into();
    value["max_request_batch_items"] = agreed.map(|agreed| agreed.max_request_batch_items).into();
    value["max_response_payload_bytes"] = agreed.map(|agreed| agreed.max_response_payload_bytes).into();
    value["max_response_batch_items"] = agreed.map(|agreed| agreed.max_response_batch_items).into();
    value
}

fn region_json(item: &Item) -> Value {
    let mut value = item.json();
    value["bytes"] = item.bytes.into();
    value
}
