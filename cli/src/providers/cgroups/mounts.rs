//! Which cgroup hierarchies this host has mounted, and where.
//!
//! `/proc/<pid>/mountinfo` is read as bytes: a mount point need not be UTF-8, and the lines of other filesystems, which
//! anybody who may mount can fill with anything, must not keep the cgroup ones from being found.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use bstr::ByteSlice;

use crate::providers::host::{HostRoot, naming, read_bounded};

/// Bytes of a file with mounts at most: some hundred thousand of them.
const MOUNTS_BYTES: u64 = 32 << 20;

/// The generation of the kernel's interface that a hierarchy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `cgroup`: one tree per controller or group of controllers, or a named one without any.
    V1,
    /// `cgroup2`: the unified tree.
    V2,
}

/// A mounted hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hierarchy {
    /// Its mount point, without a slash at the end.
    pub(crate) root: PathBuf,
    /// The interface it speaks.
    pub(crate) version: Version,
    /// Whether it carries resource controllers.
    pub(crate) controllers: bool,
    /// Whether it is the tree that systemd names after itself on v1 hosts.
    pub(crate) systemd: bool,
}

impl Hierarchy {
    /// Order in which a cgroup's path is looked for when several hierarchies have it: whoever follows the path wants
    /// the resource numbers, and those lie beside the controllers.
    pub(super) fn rank(&self) -> u8 {
        match (self.version, self.controllers) {
            (Version::V2, true) => 0,
            (Version::V1, true) => 1,
            (Version::V2, false) => 2,
            (Version::V1, false) => 3,
        }
    }
}

/// The hierarchies of a host, each once, as the mounts of one of its processes tell.
///
/// # Errors
/// The file with the mounts cannot be read.
pub(crate) fn find(host: &HostRoot) -> io::Result<Vec<Hierarchy>> {
    let mounts = host.join(format!("/proc/{}/mountinfo", host.a_process_of_it()));
    let mut found = parse(&read_bounded(&mounts, MOUNTS_BYTES).map_err(naming(&mounts))?);
    for hierarchy in &mut found {
        hierarchy.root = host.join(&hierarchy.root);
        if hierarchy.version == Version::V2 {
            hierarchy.controllers = has_controllers(&hierarchy.root);
        }
    }
    Ok(found)
}

/// Whether the unified tree mounted there has controllers; on a hybrid host they may all be in v1 trees.
fn has_controllers(root: &Path) -> bool {
    fs::read(root.join("cgroup.controllers")).is_ok_and(|list| !list.trim_ascii().is_empty())
}

/// The hierarchies that a mountinfo file names, in the order of their mount points. Whether a v2 tree has controllers
/// is not written there.
fn parse(mountinfo: &[u8]) -> Vec<Hierarchy> {
    // What was mounted last on a mount point is what one sees there.
    let mut visible: HashMap<PathBuf, Option<Mount<'_>>> = HashMap::new();
    for line in mountinfo.lines() {
        if let Some((mount_point, mount)) = parse_line(line) {
            visible.insert(mount_point, mount);
        }
    }
    // One hierarchy may be mounted in several places: of those, the one that shows most of it.
    let mut widest: HashMap<&[u8], (Mount<'_>, PathBuf)> = HashMap::new();
    for (mount_point, mount) in visible {
        let Some(mount) = mount else { continue };
        let better = |(other, place): &(Mount<'_>, PathBuf)| {
            (mount.narrowness(), &mount_point) < (other.narrowness(), place)
        };
        if widest.get(mount.device).is_none_or(better) {
            widest.insert(mount.device, (mount, mount_point));
        }
    }
    let mut hierarchies: Vec<_> = widest
        .into_values()
        .map(|(mount, root)| Hierarchy {
            root,
            version: mount.version,
            controllers: mount.version == Version::V1
                && !mount.has_option(|option| option.starts_with(b"name=")),
            systemd: mount.has_option(|option| option == b"name=systemd"),
        })
        .collect();
    hierarchies.sort_by(|a, b| a.root.cmp(&b.root));
    hierarchies
}

/// What a line says of a cgroup mount.
struct Mount<'a> {
    device: &'a [u8],
    root: &'a [u8],
    version: Version,
    options: &'a [u8],
}

impl Mount<'_> {
    /// How little of the hierarchy it shows. Seen from within a cgroup namespace, a root of `/../..` lies above the
    /// namespace's own.
    fn narrowness(&self) -> (std::cmp::Reverse<usize>, usize) {
        (std::cmp::Reverse(self.root.find_iter("/..").count()), self.root.len())
    }

    fn has_option(&self, wanted: impl Fn(&[u8]) -> bool) -> bool {
        self.version == Version::V1 && self.options.split(|byte| *byte == b',').any(wanted)
    }
}

/// One line: the mount point, and the rest where it is a cgroup mount. The fields are those of
/// `proc_pid_mountinfo(5)`: id, parent, device, root, mount point, options, tags, `-`, type, source, super options.
fn parse_line(line: &[u8]) -> Option<(PathBuf, Option<Mount<'_>>)> {
    let mut fields = line.split(|byte| *byte == b' ');
    let device = fields.nth(2)?;
    let root = fields.next()?;
    let mount_point = PathBuf::from(OsString::from_vec(unescape(fields.next()?)));
    let mut fields = fields.skip_while(|field| *field != b"-").skip(1);
    let version = match fields.next()? {
        b"cgroup" => Version::V1,
        b"cgroup2" => Version::V2,
        _ => return Some((mount_point, None)),
    };
    let options = fields.nth(1)?;
    Some((mount_point, Some(Mount { device, root, version, options })))
}

/// A field with the kernel's octal escapes (`\040` is a space) taken back.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let code = match (first, after) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..]) => {
                Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'))
            }
            _ => None,
        };
        plain.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(mountinfo: &str) -> Vec<PathBuf> {
        parse(mountinfo.as_bytes()).into_iter().map(|found| found.root).collect()
    }

    #[test]
    fn a_v2_host_has_one_hierarchy() {
        let found = parse(
            b"23 27 0:22 / /sys rw - sysfs sysfs rw\n\
              30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
        );
        assert_eq!(
            found,
            [Hierarchy {
                root: "/sys/fs/cgroup".into(),
                version: Version::V2,
                controllers: false,
                systemd: false
            }]
        );
    }

    #[test]
    fn a_hybrid_host_has_the_controllers_the_named_tree_and_the_unified_one() {
        let found = parse(
            b"31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n\
              32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n\
              33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n\
              34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n",
        );
        let facts: Vec<_> = found.iter().map(|one| (one.rank(), one.systemd)).collect();
        assert_eq!(facts, [(1, false), (3, true), (2, false)], "{found:?}");
    }

    #[test]
    fn a_hierarchy_mounted_twice_counts_once_where_it_shows_most() {
        let twice = "1 0 0:30 /docker/a /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n\
                     2 0 0:30 / /host/cgroup/pids ro - cgroup cgroup rw,pids\n";
        assert_eq!(roots(twice), [Path::new("/host/cgroup/pids")]);
    }

    #[test]
    fn a_mount_from_above_the_cgroup_namespace_shows_more_than_its_root() {
        let twice = "1 0 0:30 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n\
                     2 0 0:30 /../.. /host/sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";
        assert_eq!(roots(twice), [Path::new("/host/sys/fs/cgroup")]);
    }

    #[test]
    fn a_hierarchy_hidden_under_another_mount_is_not_seen() {
        let hidden = "1 0 0:30 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n\
                      2 1 0:31 / /sys/fs/cgroup ro - tmpfs tmpfs rw\n";
        assert!(roots(hidden).is_empty());
    }

    #[test]
    fn lines_that_make_no_sense_are_passed_over() {
        let odd = b"\n1\n1 2 3 4\n1 2 0:3 / /x -\n\xff\xff \n9 0 0:30 / /cg rw a:1 b:2 - cgroup2 none rw"
            .as_slice();
        assert_eq!(parse(odd).len(), 1);
    }

    #[test]
    fn mount_points_are_bytes_with_octal_escapes() {
        let found = parse(b"1 0 0:30 / /a\\040b\\134\xff\\9 rw - cgroup2 none rw\n");
        assert_eq!(found[0].root.as_os_str().as_encoded_bytes(), b"/a b\\\xff\\9");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_parse_without_a_panic(bytes: Vec<u8>, fields in "[ -/0-9a-z:\\\\]{0,80}") {
            parse(&bytes);
            parse(fields.as_bytes());
            parse(format!("1 0 0:30 {fields} - cgroup2 none rw").as_bytes());
        }
    }
}
