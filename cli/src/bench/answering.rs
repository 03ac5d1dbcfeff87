//! The other process: `netipc bench-peer`.

use std::thread;

use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::transport::{BatchBuilder, BatchError, ListenOptions, Listener, SendError, ServerSession};
use netipc::{Abort, Deadline, Endpoint, Server, ServerConfig};
use netipc_floor::{Offer, memory, socket};

use super::control::{CPU, Control, READY};
use super::cpus::cpu_time;
use super::scenarios::{SERVICE, profiles};
use super::sizes::MAX_BATCH_BYTES;
use super::{cpus, snapshot};
use crate::args::bench::{BenchPeer, FloorKind, Service};
use crate::error::{Failure, complain};
use crate::signals;

/// Serves until the benchmark hangs up.
pub(crate) fn run(args: &BenchPeer) -> Result<(), Failure> {
    // A signal from the terminal reaches both processes; the benchmark is the one that ends this one.
    let _ignored = signals::ignored()?;
    let not_started_by_it =
        || Failure::Usage("bench-peer is what `netipc bench` starts by itself".to_owned());
    let greeted = Control::of_this_process().and_then(|mut control| {
        let floor = control.greeted()?;
        Ok((control, floor))
    });
    let Ok((mut control, Some(floor))) = greeted else { return Err(not_started_by_it()) };
    // The first threads below inherit the place.
    let serving = args.cpu.map_or(Ok(()), cpus::pin).and_then(|()| serve(args, floor));
    let _serving = match serving {
        Ok(serving) => serving,
        Err(failure) => return tell(&mut control, failure.to_string().as_bytes()),
    };
    tell(&mut control, READY)?;
    loop {
        match control.receive() {
            Ok(request) if request == CPU => {
                let nanoseconds = u64::try_from(cpu_time().as_nanos()).unwrap_or(u64::MAX);
                tell(&mut control, &nanoseconds.to_ne_bytes())?;
            }
            // It has ended, or is none of ours.
            Ok(_) => return Ok(()),
            Err(error) => return Err(Failure::because("the benchmark cannot be heard", &error)),
        }
    }
}

fn tell(control: &mut Control, packet: &[u8]) -> Result<(), Failure> {
    control.send(packet).map_err(|error| Failure::because("the benchmark cannot be told", &error))
}

/// What serves for as long as it lives.
enum Serving {
    /// Threads that end with the process.
    Opaque,
    Snapshot(
        #[expect(dead_code, reason = "it serves until it is dropped")]
        Server<CgroupsSnapshotRequest, CgroupsSnapshot>,
    ),
}

fn serve(args: &BenchPeer, floor: Offer) -> Result<Serving, Failure> {
    serve_floor(args.floor, floor)?;
    let cannot = |error: &dyn std::error::Error| Failure::because("cannot serve", error);
    let endpoint = Endpoint::new(&args.run_dir, SERVICE).map_err(|error| cannot(&error))?;
    let supported_profiles = profiles(args.carrier);
    match args.service {
        Service::Increment => {
            let options = ListenOptions {
                supported_profiles,
                max_request_payload_bytes: MAX_BATCH_BYTES,
                max_response_payload_bytes: MAX_BATCH_BYTES,
                ..ListenOptions::default()
            };
            let listener = Listener::bind(&endpoint, &options).map_err(|error| cannot(&error))?;
            thread::spawn(move || accept(listener));
            Ok(Serving::Opaque)
        }
        Service::Snapshot => {
            let config = ServerConfig { supported_profiles, ..ServerConfig::default() };
            let server = Server::spawn(endpoint, config, |_, response, _| Ok(snapshot::fill(response)?))
                .map_err(|error| cannot(&error))?;
            Ok(Serving::Snapshot(server))
        }
    }
}

fn serve_floor(kind: FloorKind, offer: Offer) -> Result<(), Failure> {
    match kind {
        FloorKind::Socket => {
            let socket = socket::accept(offer)
                .map_err(|error| Failure::because("cannot connect to the benchmark", &error))?;
            thread::spawn(move || {
                if let Err(error) = socket::answer(socket) {
                    complain(format_args!("the floor cannot be answered: {error}"));
                }
            });
        }
        FloorKind::Memory => {
            let region = memory::Region::attach(&offer)
                .map_err(|error| Failure::because("cannot share memory with the benchmark", &error))?;
            thread::spawn(move || memory::answer(&region));
        }
    }
    Ok(())
}

fn accept(mut listener: Listener) {
    let abort = Abort::new();
    loop {
        match listener.accept(Deadline::NEVER, &abort) {
            Ok(session) => drop(thread::spawn(move || increment(session))),
            Err(error) => return complain(format_args!("no further session: {error}")),
        }
    }
}

/// One more than each item, until the client closes.
fn increment(mut session: ServerSession) {
    let mut batch = BatchBuilder::new();
    let mut answer = [0; 8];
    while let Ok(request) = session.receive(Deadline::NEVER) {
        let header = request.header;
        let sent = if let Some(items) = request.items() {
            let built = batch.start(items.item_count(), MAX_BATCH_BYTES);
            let built =
                built.and_then(|()| items.iter().try_for_each(|item| push_incremented(&mut batch, item)));
            match built.and_then(|()| batch.finish()) {
                Ok(batch) => session.respond_batch(header, &batch, Deadline::NEVER),
                Err(error) => return complain(format_args!("a batch that has no answer: {error}")),
            }
        } else {
            answer = incremented(request.payload).unwrap_or(answer);
            session.respond(header, &answer, Deadline::NEVER)
        };
        match sent {
            Ok(()) => {}
            Err(SendError::Disconnected) => return,
            Err(error) => return complain(format_args!("a response that cannot be sent: {error}")),
        }
    }
}

fn push_incremented(batch: &mut BatchBuilder, item: &[u8]) -> Result<(), BatchError> {
    batch.push(incremented(item).as_ref().map_or(item, |value| value))
}

fn incremented(value: &[u8]) -> Option<[u8; 8]> {
    let value = u64::from_ne_bytes(value.try_into().ok()?);
    Some(value.wrapping_add(1).to_ne_bytes())
}
