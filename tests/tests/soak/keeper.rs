//! Who starts the provider and ends it.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use crate::arguments::Provided;
use crate::scene::Scene;
use crate::watch::Pulse;

/// Time for a provider to start, or to end in order.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts one provider after the other. The last one is killed at the latest when this is dropped.
pub(crate) struct Keeper<'a> {
    scene: &'a Scene,
    pulse: Arc<Pulse>,
    seed: u64,
    boot: u64,
    running: Option<Running>,
    kills: u64,
    ends: u64,
}

struct Running {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(scene: &'a Scene, seed: u64) -> Self {
        let pulse = scene.watch.pulse("the provider");
        Self { scene, pulse, seed, boot: 0, running: None, kills: 0, ends: 0 }
    }

    pub(crate) const fn kills(&self) -> u64 {
        self.kills
    }

    pub(crate) const fn ends(&self) -> u64 {
        self.ends
    }

    /// The life of one provider: most are killed, some while they still begin, and some end in order.
    pub(crate) fn start_and_end(&mut self, rng: &mut Rng) {
        let life = |rng: &mut Rng| Duration::from_millis(rng.u64(150..500));
        match rng.u8(..8) {
            0 => {
                self.start();
                thread::sleep(life(rng));
                self.end();
            }
            1 => {
                self.spawn(false);
                thread::sleep(Duration::from_micros(rng.u64(..20_000)));
                self.kill();
            }
            _ => {
                self.start();
                thread::sleep(life(rng));
                self.kill();
            }
        }
    }

    /// A provider serves when this returns.
    pub(crate) fn start(&mut self) {
        self.spawn(false);
        self.wait_until_it_serves();
    }

    /// A provider that refuses nobody and nothing.
    pub(crate) fn start_for_good(&mut self) {
        self.spawn(true);
        self.wait_until_it_serves();
    }

    fn spawn(&mut self, is_for_good: bool) {
        self.boot += 1;
        self.scene.starts(self.boot);
        let seed = self.seed.wrapping_add(self.boot);
        let provided = Provided { run_dir: self.scene.run_dir.clone(), boot: self.boot, seed, is_for_good };
        let mut process = Command::new(env::current_exe().unwrap())
            .args(provided.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        self.running = Some(Running { input: process.stdin.take(), output, process });
    }

    fn wait_until_it_serves(&mut self) {
        let Some(running) = &mut self.running else { return };
        let mut line = String::new();
        self.pulse.during(PATIENCE, || running.output.read_line(&mut line)).unwrap();
        assert_eq!(line, "serving\n", "provider {} does not start", self.boot);
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        let ended = running.process.try_wait().unwrap();
        assert_eq!(ended, None, "provider {} has ended by itself", self.boot);
        running.process.kill().unwrap();
        running.process.wait().unwrap();
        self.kills += 1;
        self.scene.has_ended(self.boot);
    }

    /// Ends it in order, after which it has to have left nothing.
    pub(crate) fn end(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.input = None;
        let status = self.pulse.during(PATIENCE, || running.process.wait()).unwrap();
        assert!(status.success(), "provider {} has ended with {status}", self.boot);
        self.ends += 1;
        self.scene.has_ended(self.boot);
        let mut files = self.scene.run_dir.read_dir().unwrap();
        if let Some(file) = files.next() {
            panic!("provider {} has left {}", self.boot, file.unwrap().path().display());
        }
    }
}
