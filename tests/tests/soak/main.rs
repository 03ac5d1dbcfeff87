//! A soak: 8 clients and 2 caches live on while their provider, a process of its own, is killed and started again every
//! few hundred milliseconds, each time with other limits, profiles and packet sizes. Every answer is checked, no call
//! may be stuck, nothing may be left behind, and everybody has to get answers once the provider stays.
//!
//! `cargo test -p netipc-tests --test soak -- [SECONDS] [--seed N]`. The seed decides when the provider ends and what
//! it allows; what meets what is up to the machine.
//!
//! Contract: `docs/contract/service.md`, `docs/contract/snapshot.md`, `docs/contract/testing.md`.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod arguments;
mod caches;
mod clients;
mod data;
mod gate;
mod judge;
mod keeper;
mod limits;
mod provider;
mod remains;
mod scene;
mod tally;
mod watch;
mod worker;

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};
use std::{env, panic, process};

use fastrand::Rng;

use arguments::Task;
use keeper::Keeper;
use remains::Remains;
use scene::Scene;

/// The provider ends in order, with all clients at rest and everything counted, after so long at the latest.
const BETWEEN_CHECKS: Duration = Duration::from_secs(5);

/// What everybody gets at least once the provider stays.
const ANSWERS_AT_THE_END: u64 = 20;

/// Time for that. It takes less than a second.
const PATIENCE: Duration = Duration::from_mins(1);

fn main() -> ExitCode {
    match arguments::parse(env::args().skip(1)) {
        Task::Soak { seconds, seed } => soak(Duration::from_secs(seconds), seed),
        Task::Provide(provided) => provider::provide(&provided),
        Task::List => println!("soak: test"),
        Task::Nothing => {}
        Task::Complain(what) => {
            eprintln!("soak: {what}; usage: soak [SECONDS] [--seed N]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn soak(time: Duration, seed: u64) {
    println!("soak: {} s, --seed {seed}", time.as_secs());
    let run_dir = tempfile::tempdir().unwrap();
    end_with_the_first_panic(run_dir.path().to_owned());
    let scene = Scene::new(run_dir.path());
    let mut rng = Rng::with_seed(seed);
    thread::scope(|scope| {
        scope.spawn(|| scene.watch.watch());
        let mut workers = clients::start(&scene, scope, &mut rng);
        workers.extend(caches::start(&scene, scope, &mut rng));
        let pulse = scene.watch.pulse("the soak itself");
        pulse.during(PATIENCE, || scene.gate.hold(workers.len()));
        let before = Remains::count(run_dir.path());

        let mut keeper = Keeper::new(&scene, seed);
        let end = Instant::now() + time;
        while Instant::now() < end {
            scene.gate.open();
            let next_check = end.min(Instant::now() + BETWEEN_CHECKS);
            while Instant::now() < next_check {
                keeper.start_and_end(&mut rng);
            }
            keeper.start();
            pulse.during(PATIENCE, || scene.gate.hold(workers.len()));
            keeper.end();
            Remains::count(run_dir.path()).assert_same_as(&before);
        }

        keeper.start_for_good();
        let answers = |worker: &worker::Progress| worker.answers();
        let so_far: Vec<_> = workers.iter().map(answers).collect();
        scene.gate.open();
        let began = Instant::now();
        for (worker, so_far) in workers.iter().zip(so_far) {
            while worker.answers() < so_far + ANSWERS_AT_THE_END {
                assert!(
                    began.elapsed() < PATIENCE,
                    "{} gets no answers from a provider that stays",
                    worker.name
                );
                thread::sleep(Duration::from_millis(1));
            }
        }
        pulse.during(PATIENCE, || scene.gate.hold(workers.len()));
        keeper.end();
        Remains::count(run_dir.path()).assert_same_as(&before);
        scene.end();
        scene.tally.provider(keeper.kills(), keeper.ends());
    });
    println!("{}", scene.tally);
}

/// A thread that panics has found what the soak is for, and the others would wait for it.
fn end_with_the_first_panic(run_dir: std::path::PathBuf) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        report(panic);
        let _ = std::fs::remove_dir_all(&run_dir);
        process::exit(1);
    }));
}
