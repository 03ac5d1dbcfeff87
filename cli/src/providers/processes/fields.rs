//! The formats of files in `/proc/<pid>` (`proc_pid_stat(5)`, `proc_pid_status(5)`, `cgroups(7)`).

use std::cmp::Reverse;

use bstr::ByteSlice;

/// Bytes of a name at most: of kernel threads the kernel tells longer ones.
const COMM_BYTES: usize = 15;

/// What `stat` says of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Its name: 1 to 15 bytes.
    pub(crate) comm: Vec<u8>,
    /// Its parent, or 0.
    pub(crate) ppid: u32,
    /// When it started, in jiffies since boot.
    pub(crate) starttime: u64,
}

/// The fields of `stat`. The name is in parentheses, and may have any of them itself.
pub(crate) fn stat(text: &[u8]) -> Option<Stat> {
    let (_, named) = text.split_once_str("(")?;
    let (comm, rest) = named.rsplit_once_str(")")?;
    let mut fields = words(rest);
    // Behind the name: state, parent; the start is the 22nd field of all.
    let ppid = number(fields.nth(1)?)?;
    let starttime = number(fields.nth(17)?)?;
    // A process may have taken its name away; it is to be called something. None has a NUL: it would end there.
    let comm = comm.split(|byte| *byte == 0).next().filter(|comm| !comm.is_empty()).unwrap_or(b"?");
    Some(Stat { comm: comm.get(..COMM_BYTES).unwrap_or(comm).to_vec(), ppid, starttime })
}

/// The effective user in `status`.
pub(super) fn effective_uid(text: &[u8]) -> Option<u32> {
    let users = text.lines().find_map(|line| line.strip_prefix(b"Uid:"))?;
    number(words(users).nth(1)?)
}

/// The path in `cgroup` that stands for a process: the one in the unified tree, unless that is the root and a v1 tree
/// knows better, one with controllers rather than a named one. Empty if there is none.
pub(super) fn cgroup(text: &[u8]) -> &[u8] {
    let line = |line: &'_ [u8]| -> Option<(Reverse<u8>, usize)> {
        let (_, rest) = line.split_once_str(":")?;
        let (controllers, path) = rest.split_once_str(":")?;
        let rank = match controllers {
            _ if path == b"/" => 3,
            b"" => 0,
            named if named.starts_with(b"name=") => 2,
            _ => 1,
        };
        (path.first() == Some(&b'/')).then_some((Reverse(rank), line.len() - path.len()))
    };
    // Of equals the first: `max_by_key` would give the last.
    let best = text.lines().filter_map(|text| line(text).map(|(rank, at)| (rank, &text[at..])));
    best.reduce(|best, other| if other.0 > best.0 { other } else { best }).map_or(b"", |(_, path)| path)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    digits.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(comm: &str) -> String {
        let zeros = "0 ".repeat(17);
        format!("17 ({comm}) S 4 {zeros}12345 678 9\n")
    }

    #[test]
    fn parent_and_start_stand_behind_the_last_parenthesis() {
        for comm in ["cat", "a b", ")", "((x) S 1", "\u{e9}"] {
            let expected = Stat { comm: comm.as_bytes().to_vec(), ppid: 4, starttime: 12345 };
            assert_eq!(stat(line(comm).as_bytes()), Some(expected), "{comm}");
        }
    }

    #[test]
    fn a_name_has_1_to_15_bytes() {
        let comm = |comm: &str| stat(line(comm).as_bytes()).map(|stat| stat.comm);
        assert_eq!(comm("").as_deref(), Some(&b"?"[..]));
        assert_eq!(comm("kworker/0:1-events_power").as_deref(), Some(&b"kworker/0:1-eve"[..]));
    }

    #[test]
    fn a_stat_that_is_cut_off_is_none() {
        let whole = line("cat");
        for odd in ["", "17", "17 (cat", "17 cat) S", "17 (cat) S", "17 (cat) S x", &whole[..40]] {
            assert_eq!(stat(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn the_user_is_the_effective_one() {
        assert_eq!(effective_uid(b"Name:\tcat\nUid:\t1\t2\t3\t4\nGid:\t9\t9\t9\t9\n"), Some(2));
        assert_eq!(effective_uid(b"Name:\tUid:\n"), None);
    }

    #[test]
    fn a_cgroup_is_the_first_that_says_something() {
        assert_eq!(cgroup(b"0::/a/b\n"), b"/a/b");
        assert_eq!(cgroup(b"0::/\n"), b"/");
        assert_eq!(cgroup(b"9:name=systemd:/s\n8:pids:/p\n1:cpu:/c\n0::/\n"), b"/p");
        assert_eq!(cgroup(b"9:name=systemd:/s\n8:pids:/\n0::/\n"), b"/s");
        assert_eq!(cgroup(b"8:pids:/p\n0::/u\n"), b"/u");
        assert_eq!(cgroup(b"0::/with:colon\n"), b"/with:colon");
        for none in [&b""[..], b"0::\n", b"x", b"0:/", b"\xff:\xff:\xff"] {
            assert_eq!(cgroup(none), b"");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, text in "[0-9():/= \n]{0,80}") {
            for bytes in [&bytes[..], text.as_bytes()] {
                let _ = (stat(bytes), effective_uid(bytes), cgroup(bytes));
            }
        }
    }
}
