//! The scanner against trees made of ordinary files.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use bstr::BStr;
use tempfile::TempDir;

use super::*;
use crate::fnv;
use crate::providers::host::HostRoot;

/// A directory that stands for `/sys/fs/cgroup`.
struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(path)
    }

    /// A v2 cgroup, with its parents where they are missing.
    fn v2(&self, path: impl AsRef<Path>, populated: bool) -> PathBuf {
        self.file(
            path,
            "cgroup.events",
            if populated { "populated 1\nfrozen 0\n" } else { "populated 0\nfrozen 0\n" },
        )
    }

    /// A v1 cgroup likewise.
    fn v1(&self, path: impl AsRef<Path>, processes: &str) -> PathBuf {
        self.file(path, "cgroup.procs", processes)
    }

    fn file(&self, path: impl AsRef<Path>, name: &str, content: &str) -> PathBuf {
        let dir = self.at(path);
        fs::create_dir_all(&dir).expect("a cgroup's directory");
        fs::write(dir.join(name), content).expect("a cgroup's file");
        dir
    }

    fn hierarchy(&self, path: &str, version: Version) -> Hierarchy {
        Hierarchy { root: self.at(path), version, controllers: true, systemd: false }
    }

    /// A scan of the tree as one v2 hierarchy.
    fn scan_v2(&self) -> Scan {
        self.scan_v2_within(Limits::default())
    }

    fn scan_v2_within(&self, limits: Limits) -> Scan {
        let root = self.0.path().to_owned();
        scan_within(&[Hierarchy { root, version: Version::V2, controllers: true, systemd: false }], limits)
    }
}

/// A scan on a host without containers.
fn scan_within(hierarchies: &[Hierarchy], limits: Limits) -> Scan {
    let nowhere = HostRoot::new(Path::new("/nonexistent"));
    super::scan(hierarchies, limits, &mut Runtimes::new(&nowhere))
}

fn scan(hierarchies: &[Hierarchy], limits: Limits) -> Scan {
    scan_within(hierarchies, limits)
}

fn names(scan: &Scan) -> Vec<&BStr> {
    scan.cgroups.iter().map(|cgroup| BStr::new(&cgroup.name)).collect()
}

#[test]
fn a_v2_tree_gives_one_item_per_cgroup_below_the_root() {
    let tree = Tree::new();
    tree.v2("", true);
    tree.v2("docker", true);
    let inner = tree.v2("docker/abc123", true);
    tree.v2("idle", false);

    let scan = tree.scan_v2();

    assert_eq!(names(&scan), ["docker", "docker/abc123", "idle"]);
    let item = &scan.cgroups[1];
    assert_eq!(item.path, inner.as_os_str().as_bytes(), "the full path");
    assert_eq!(item.hash, fnv::hash(b"docker/abc123"));
    assert_eq!(item.options, OPTION_V2);
    assert_eq!(scan.cgroups.iter().map(|one| one.enabled).collect::<Vec<_>>(), [1, 1, 0]);
    assert_eq!((scan.unreadable, scan.left_out), (0, 0));
}

#[test]
fn a_v1_cgroup_counts_once_over_all_controllers() {
    let tree = Tree::new();
    tree.v1("cpu/docker", "");
    tree.v1("memory/docker", "17\n");
    tree.v1("memory/only-here", "");
    fs::create_dir(tree.at("pids")).expect("a controller without cgroups");

    let found = scan(
        &["cpu", "memory", "pids"].map(|controller| tree.hierarchy(controller, Version::V1)),
        Limits::default(),
    );

    assert_eq!(names(&found), ["docker", "only-here"]);
    let docker = &found.cgroups[0];
    assert_eq!(docker.enabled, 1, "it has a process in one of them");
    assert_eq!(docker.options, OPTION_V1);
    assert_eq!(docker.path, tree.at("cpu/docker").as_os_str().as_bytes());
    assert_eq!(found.cgroups[1].path, tree.at("memory/only-here").as_os_str().as_bytes());
}

#[test]
fn a_v1_cgroup_with_processes_only_below_it_is_enabled() {
    let tree = Tree::new();
    tree.v1("a", "");
    tree.v1("a/b", "");
    tree.v1("a/b/c", "1\n");
    tree.v1("a/d", "");

    let found = scan(&[tree.hierarchy("", Version::V1)], Limits::default());

    let enabled: Vec<_> = found.cgroups.iter().map(|one| (BStr::new(&one.name), one.enabled)).collect();
    let expected = [("a", 1), ("a/b", 1), ("a/b/c", 1), ("a/d", 0)];
    assert_eq!(enabled, expected.map(|(name, enabled)| (BStr::new(name), enabled)));
}

#[test]
fn on_a_hybrid_host_the_path_leads_to_the_controllers() {
    let tree = Tree::new();
    tree.v2("unified/both", true);
    tree.v2("unified/v2-only", true);
    tree.v1("cpu/both", "");
    let unified = Hierarchy { controllers: false, ..tree.hierarchy("unified", Version::V2) };

    let found = scan(&[unified, tree.hierarchy("cpu", Version::V1)], Limits::default());

    assert_eq!(names(&found), ["both", "v2-only"]);
    assert_eq!(found.cgroups[0].path, tree.at("cpu/both").as_os_str().as_bytes());
    assert_eq!(found.cgroups[0].options, OPTION_V1 | OPTION_V2);
    assert_eq!(found.cgroups[0].enabled, 1);
    assert_eq!(found.cgroups[1].options, OPTION_V2);
}

#[test]
fn children_follow_their_parent() {
    let tree = Tree::new();
    for path in ["a-b", "a", "a/z", "a/b", "a.c"] {
        tree.v2(path, true);
    }
    assert_eq!(names(&tree.scan_v2()), ["a", "a/b", "a/z", "a-b", "a.c"]);
}

#[test]
fn an_unreadable_cgroup_is_skipped_and_counted() {
    let tree = Tree::new();
    tree.v2("fine", true);
    // Reading a directory as a file fails for root too.
    fs::create_dir_all(tree.at("odd/cgroup.events")).expect("a directory in place of the file");
    tree.v2("odd/below", true);

    let scan = tree.scan_v2();

    assert_eq!(names(&scan), ["fine"]);
    assert_eq!(scan.unreadable, 1);
}

#[test]
fn a_directory_without_permission_is_skipped_and_counted() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new();
    tree.v2("fine", true);
    let closed = tree.v2("closed", true);
    tree.v2("closed/below", true);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("its owner may close it");
    let refused = fs::read_dir(&closed).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);

    let scan = tree.scan_v2();

    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("its owner may open it");
    if refused {
        assert_eq!(names(&scan), ["fine"]);
        assert_eq!(scan.unreadable, 1);
    } else {
        // Root reads it all the same.
        assert_eq!(names(&scan), ["closed", "closed/below", "fine"]);
        assert_eq!(scan.unreadable, 0);
    }
}

#[test]
fn a_hierarchy_that_cannot_be_read_does_not_hide_the_others() {
    let tree = Tree::new();
    tree.v1("cpu/here", "1\n");
    fs::write(tree.at("file"), "").expect("a file");
    fs::create_dir(tree.at("loop")).expect("a directory");
    symlink(tree.at("loop/self"), tree.at("loop/self")).expect("a symbolic link");

    let found = scan(
        &["file", "loop/self", "gone", "cpu"].map(|root| tree.hierarchy(root, Version::V1)),
        Limits::default(),
    );

    assert_eq!(names(&found), ["here"]);
    assert_eq!(found.unreadable, 2, "what is gone is not unreadable");
}

#[test]
fn symbolic_links_are_not_followed() {
    let tree = Tree::new();
    tree.v2("real", true);
    tree.v2("real/child", true);
    symlink(tree.0.path(), tree.at("real/up")).expect("a loop");
    symlink(tree.at("real"), tree.at("again")).expect("a second name");

    assert_eq!(names(&tree.scan_v2()), ["real", "real/child"]);
}

#[test]
fn names_that_are_not_utf_8_are_kept() {
    let tree = Tree::new();
    let path = tree.v2(std::ffi::OsStr::from_bytes(b"pod-\xff\xfe"), true);

    let scan = tree.scan_v2();

    assert_eq!(scan.cgroups[0].name, b"pod-\xff\xfe");
    assert_eq!(scan.cgroups[0].path, path.as_os_str().as_bytes());
}

#[test]
fn a_tree_deeper_than_the_limit_is_cut_and_counted() {
    let tree = Tree::new();
    let mut path = PathBuf::new();
    for _ in 0..5 {
        path.push("d");
        tree.v2(&path, true);
    }
    let within = |depth| tree.scan_v2_within(Limits { depth, ..Limits::default() });

    assert_eq!(within(5).cgroups.len(), 5);
    assert_eq!(within(5).left_out, 0);
    assert_eq!(within(4).cgroups.len(), 4);
    assert_eq!(within(4).left_out, 1);
}

#[test]
fn a_tree_as_deep_as_a_path_can_be_is_walked_without_harm() {
    let tree = Tree::new();
    // 120 levels of 31 bytes: some more, and the path would pass PATH_MAX, 4,096 bytes.
    let part = "d".repeat(30);
    let mut path = PathBuf::new();
    for _ in 0..120 {
        path.push(&part);
        tree.v2(&path, true);
    }
    let scan = tree.scan_v2();
    assert_eq!(scan.cgroups.len(), Limits::default().depth);
    assert_eq!(scan.left_out, 1);
}

#[test]
fn more_cgroups_than_the_limit_are_left_out_and_counted() {
    let tree = Tree::new();
    for index in 0..7 {
        tree.v2(format!("c{index}"), true);
    }
    let scan = tree.scan_v2_within(Limits { cgroups: 5, ..Limits::default() });
    assert_eq!(names(&scan), ["c0", "c1", "c2", "c3", "c4"]);
    assert_eq!(scan.left_out, 2);
}

#[test]
fn the_limit_holds_for_all_hierarchies_together() {
    let tree = Tree::new();
    for path in ["cpu/a", "cpu/b", "memory/b", "memory/c"] {
        tree.v1(path, "");
    }
    let hierarchies = ["cpu", "memory"].map(|controller| tree.hierarchy(controller, Version::V1));
    let found = scan(&hierarchies, Limits { cgroups: 2, ..Limits::default() });
    assert_eq!(names(&found), ["a", "b"]);
    assert_eq!(found.left_out, 1);
}

#[test]
fn systemd_is_known_by_its_named_hierarchy_or_by_its_units() {
    let tree = Tree::new();
    let hierarchy = tree.hierarchy("", Version::V2);
    tree.v2("docker", true);
    assert!(!scan(std::slice::from_ref(&hierarchy), Limits::default()).systemd);
    assert!(scan(&[Hierarchy { systemd: true, ..hierarchy.clone() }], Limits::default()).systemd);
    tree.v2("system.slice", true);
    assert!(scan(&[hierarchy], Limits::default()).systemd);
}

#[test]
fn an_empty_tree_and_no_tree_give_an_empty_scan() {
    let tree = Tree::new();
    let roots = vec![tree.0.path().as_os_str().as_bytes().to_vec()];
    assert_eq!(tree.scan_v2(), Scan { roots, ..Scan::default() });
    assert_eq!(scan(&[], Limits::default()), Scan::default());
}

#[test]
fn a_cgroup_is_found_by_its_path_below_the_mount_point_and_by_all_of_it() {
    let tree = Tree::new();
    tree.v2("a.slice", true);
    let path = tree.v2("a.slice/b.service", true);
    let scan = tree.scan_v2();
    let Found::Cgroup(found) = scan.find(b"/a.slice/b.service") else { panic!("{scan:?}") };
    assert_eq!(found.name, b"b.service");
    assert_eq!(scan.find(path.as_os_str().as_bytes()), Found::Cgroup(found));
    assert_eq!(scan.find(b"/"), Found::Root);
    assert_eq!(scan.find(tree.0.path().as_os_str().as_bytes()), Found::Root);
}

#[test]
fn no_part_of_a_path_that_is_looked_up_means_anything() {
    let tree = Tree::new();
    tree.v2("a", true);
    let path = tree.v2("a/b", true);
    let scan = tree.scan_v2();
    let odd = format!("{}x", path.display());
    for missing in ["/a/./b", "/a/../a/b", "/a//b", "/a/b/", "a/b", "", "//", "/A/b", "/a/b\0", odd.as_str()]
    {
        assert_eq!(scan.find(missing.as_bytes()), Found::Nothing, "{missing}");
    }
}

#[test]
fn two_containers_of_one_name_can_be_told_apart() {
    let tree = Tree::new();
    for path in ["lxc", "lxc/web", "qemu.slice", "qemu.slice/web.scope"] {
        tree.v2(path, true);
    }
    assert_eq!(names(&tree.scan_v2()), ["lxc", "web", "qemu.slice", "web.scope"]);
}

#[test]
fn the_host_that_runs_this_test_can_be_scanned() {
    let hierarchies = find(&HostRoot::new(Path::new("/"))).expect("/proc/self/mountinfo");
    let found = scan(&hierarchies, Limits::default());
    for cgroup in &found.cgroups {
        assert!(cgroup.options & !(OPTION_V1 | OPTION_V2) == 0 && cgroup.options != 0);
        assert!(hierarchies.iter().any(|one| cgroup.path.starts_with(one.root.as_os_str().as_bytes())));
    }
}
