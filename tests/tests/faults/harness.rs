//! Runs a scenario again and again, with another fault each time.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use netipc_tests::support::Place;
use netipc_transport::faults::{Action, Errno, Injector};
use netipc_transport::{ConnectOptions, ListenOptions};

use crate::errors::{errors_of, is_interruptible, locks, removes};
use crate::remains::{Remains, THREAD};
use crate::sides::{Outcome, Outcomes, PATIENCE, Sides, in_time};

/// Descriptors are those of the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The lock of servers that start.
pub(crate) const LOCK: &str = ".netipc.lock";

pub(crate) type Scenario = fn(&Sides) -> Outcomes;

/// A fault on one side.
struct Fault {
    at_the_server: bool,
    call: &'static str,
    nth: usize,
    error: Errno,
}

/// Calls that a system lacks, and how they fail there.
pub(crate) type System = &'static [(&'static str, Errno)];

/// Runs the scenario with every fault, on a system that lacks these calls.
pub(crate) fn every_failure(scenario: Scenario, system: System) {
    alone(move || run_all(scenario, system));
}

/// Runs a test while no other one does, in a thread that is known by its name.
pub(crate) fn alone(test: impl FnOnce() + Send + 'static) {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let run = thread::Builder::new().name(THREAD.to_owned()).spawn(test);
    if let Err(panic) = run.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// An injector on a system that lacks these calls.
fn on(system: System, injector: Injector) -> Injector {
    system.iter().fold(injector, |injector, (call, error)| injector.lacking(call, *error))
}

fn run_all(scenario: Scenario, system: System) {
    let counting = || on(system, Injector::counting());
    let sides = Sides { place: Place::new(), server: counting(), client: counting() };
    let outcomes = scenario(&sides);
    outcomes.server.expect("the server has no fault");
    outcomes.client.expect("the client has no fault");
    let mut runs = 0;
    for (at_the_server, uses) in [(true, sides.server.uses()), (false, sides.client.uses())] {
        for (call, count) in uses {
            for nth in 1..=count {
                let interrupted = is_interruptible(call).then_some(&Errno::INTR);
                for &error in errors_of(call).iter().chain(interrupted) {
                    run_with(scenario, system, &Fault { at_the_server, call, nth, error });
                    runs += 1;
                }
            }
        }
    }
    assert!(runs > 0, "the scenario makes no system call");
}

fn run_with(scenario: Scenario, system: System, fault: &Fault) {
    let side = if fault.at_the_server { "server" } else { "client" };
    let what = format!("{side}: use {} of {} fails with {:?}", fault.nth, fault.call, fault.error);
    let before = Remains::now();
    let failing = on(system, Injector::at(fault.call, fault.nth, Action::Fail(fault.error)));
    let other = on(system, Injector::counting());
    let (server, client) = if fault.at_the_server { (failing, other) } else { (other, failing) };
    let sides = Sides { place: Place::new(), server, client };
    let begin = Instant::now();
    let outcomes = scenario(&sides);
    // Whoever was not told that the other side has failed has waited for its deadline.
    assert!(begin.elapsed() < PATIENCE / 2, "{what}: {:?}", begin.elapsed());
    if fault.error == Errno::INTR {
        assert!(outcomes.server.is_ok() && outcomes.client.is_ok(), "{what}");
    }
    check(&what, "server", &outcomes.server);
    check(&what, "client", &outcomes.client);
    if fault.at_the_server && removes(fault.call) {
        remove_regions(&sides.place);
    } else {
        let mut names = sides.place.names();
        names.retain(|name| !(locks(fault.call) && name == LOCK));
        assert_eq!(names, Vec::<String>::new(), "{what}");
    }
    assert_eq!(Remains::now(), before, "{what}");
    is_served_again(sides.place, &what);
}

/// Removes regions as a server in another process would: in this one their owner seems to live.
fn remove_regions(place: &Place) {
    for name in place.names().iter().filter(|name| name.ends_with(".ipcshm")) {
        fs::remove_file(place.dir.path().join(name)).expect("a region");
    }
}

/// An error says what is the matter.
fn check(what: &str, side: &str, outcome: &Outcome) {
    if let Err(error) = outcome {
        assert!(!error.to_string().is_empty(), "{what}: the {side} says nothing: {error:?}");
    }
}

/// Whatever has failed, the next server and its client find nothing in their way, and leave nothing.
fn is_served_again(place: Place, what: &str) {
    let sides = Sides { place, server: Injector::counting(), client: Injector::counting() };
    let Outcomes { server, client } = sides.served(&ListenOptions::default(), || {
        let mut session = sides.connect(&ConnectOptions::default())?;
        session.send(3, 1, b"abc", in_time())?;
        assert_eq!(session.receive(in_time())?.payload, b"cba");
        Ok(())
    });
    assert!(server.is_ok() && client.is_ok(), "{what}; then {server:?}, {client:?}");
    assert_eq!(sides.place.names(), Vec::<String>::new(), "{what}");
}
