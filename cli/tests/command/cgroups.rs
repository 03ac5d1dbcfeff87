//! A provider of cgroups in this process, whose cgroups are what a test says.

use std::path::Path;
use std::sync::{Arc, Mutex};

use netipc::messages::{Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{Endpoint, Server, ServerConfig};

/// What is published, by every provider that it is given to.
#[derive(Clone)]
pub(crate) struct Cgroups(Arc<Mutex<CgroupsSnapshot>>);

impl Cgroups {
    /// Two of them.
    pub(crate) fn new() -> Self {
        let cgroups = vec![
            cgroup(0x31f0_b262, "foobar", "/sys/fs/cgroup/foobar"),
            cgroup(7, "web", "/sys/fs/cgroup/web"),
        ];
        Self(Arc::new(Mutex::new(CgroupsSnapshot { systemd_enabled: 1, generation: 1, cgroups })))
    }

    /// Publishes others, and says so.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<Cgroup>)) {
        let mut snapshot = self.0.lock().expect("nobody panicked");
        change(&mut snapshot.cgroups);
        snapshot.generation += 1;
    }

    /// Provides them.
    pub(crate) fn serve(&self, run_dir: &Path) -> Server<CgroupsSnapshotRequest, CgroupsSnapshot> {
        let endpoint = Endpoint::new(run_dir, "cgroups-snapshot").expect("a short path");
        let snapshot = Arc::clone(&self.0);
        Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
            endpoint,
            ServerConfig::default(),
            move |_, response, _| {
                let snapshot = snapshot.lock().expect("nobody panicked");
                response.systemd_enabled(snapshot.systemd_enabled);
                response.generation(snapshot.generation);
                for cgroup in &snapshot.cgroups {
                    response.cgroups().push(CgroupRef {
                        hash: cgroup.hash,
                        options: cgroup.options,
                        enabled: cgroup.enabled,
                        name: &cgroup.name,
                        path: &cgroup.path,
                    })?;
                }
                Ok(())
            },
        )
        .expect("the endpoint is free")
    }
}

/// One that is enabled.
pub(crate) fn cgroup(hash: u32, name: &str, path: &str) -> Cgroup {
    Cgroup { hash, options: 1, enabled: 1, name: name.into(), path: path.into() }
}
