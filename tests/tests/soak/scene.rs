//! What all of a soak share.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use netipc::{Abort, Endpoint};

use crate::data;
use crate::gate::Gate;
use crate::tally::Tally;
use crate::watch::{Pulse, Watch};

pub(crate) struct Scene {
    pub(crate) run_dir: PathBuf,
    pub(crate) gate: Gate,
    pub(crate) watch: Watch,
    pub(crate) tally: Tally,
    /// The calls that are aborted now and then.
    pub(crate) abortable: Mutex<Vec<(Abort, Arc<Pulse>)>>,
    started: AtomicU64,
    ended: AtomicU64,
}

/// Who can answer what is asked from now on.
#[derive(Clone, Copy)]
pub(crate) struct Since {
    ended: u64,
}

impl Scene {
    pub(crate) fn new(run_dir: &Path) -> Self {
        Self {
            run_dir: run_dir.to_owned(),
            gate: Gate::default(),
            watch: Watch::new(),
            tally: Tally::default(),
            abortable: Mutex::default(),
            started: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        }
    }

    pub(crate) fn endpoint(&self, service: &str) -> Endpoint {
        Endpoint::new(&self.run_dir, service).unwrap()
    }

    /// This provider is about to be started.
    pub(crate) fn starts(&self, boot: u64) {
        self.started.store(boot, Ordering::SeqCst);
    }

    /// This provider is no more.
    pub(crate) fn has_ended(&self, boot: u64) {
        self.ended.store(boot, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Since {
        Since { ended: self.ended.load(Ordering::SeqCst) }
    }

    /// What was asked `since` then was answered by a provider that lived then or later.
    pub(crate) fn assert_current(&self, generation: u64, since: Since) {
        let (boot, started) = (data::boot_of(generation), self.started.load(Ordering::SeqCst));
        assert!(boot > since.ended, "provider {boot} answered, though {} had ended before", since.ended);
        assert!(boot <= started, "provider {boot} answered, and {started} is the last one");
    }

    pub(crate) fn end(&self) {
        self.gate.end();
        self.watch.end();
    }
}
