//! What the command line asks for.

use std::path::PathBuf;

/// How long it takes where nothing is said, as in `cargo test`.
const SECONDS: u64 = 5;

/// What this process is to do.
pub(crate) enum Task {
    Soak {
        seconds: u64,
        seed: u64,
    },
    /// Be the provider.
    Provide(Provided),
    /// Name the tests that there are.
    List,
    /// Somebody runs other tests.
    Nothing,
    Complain(String),
}

/// What a provider is told.
pub(crate) struct Provided {
    pub(crate) run_dir: PathBuf,
    /// Which provider of the soak it is, from 1.
    pub(crate) boot: u64,
    pub(crate) seed: u64,
    /// Whether it refuses nobody and nothing.
    pub(crate) is_for_good: bool,
}

impl Provided {
    /// The command line that `parse` understands.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let run_dir = self.run_dir.to_str().unwrap().to_owned();
        let mut arguments =
            vec!["--provide".to_owned(), run_dir, self.boot.to_string(), self.seed.to_string()];
        arguments.extend(self.is_for_good.then(|| "--for-good".to_owned()));
        arguments
    }
}

/// Of other options, which are for tests that libtest runs, it does nothing.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Task {
    let (mut seconds, mut seed) = (SECONDS, None);
    let mut arguments = arguments.peekable();
    if arguments.peek().is_some_and(|first| first == "--provide") {
        let arguments: Vec<_> = arguments.collect();
        let [_, run_dir, boot, seed, rest @ ..] = arguments.as_slice() else {
            return Task::Complain("--provide RUN_DIR BOOT SEED [--for-good]".to_owned());
        };
        return Task::Provide(Provided {
            run_dir: run_dir.into(),
            boot: boot.parse().unwrap(),
            seed: seed.parse().unwrap(),
            is_for_good: !rest.is_empty(),
        });
    }
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--list" => return Task::List,
            "--seed" => match arguments.next().map(|seed| seed.parse()) {
                Some(Ok(given)) => seed = Some(given),
                _ => return Task::Complain("--seed takes a number".to_owned()),
            },
            option if option.starts_with('-') => {}
            other => match other.parse() {
                Ok(given) => seconds = given,
                Err(_) if "soak".contains(other) => {}
                Err(_) => return Task::Nothing,
            },
        }
    }
    Task::Soak { seconds, seed: seed.unwrap_or_else(|| fastrand::u64(..)) }
}
