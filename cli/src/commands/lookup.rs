//! `netipc call cgroups-lookup`, `netipc call apps-lookup` and `netipc call ip-to-asn`

use std::ffi::OsString;
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::str::FromStr;

use netipc::messages::{
    Address, AppsLookup, AppsLookupRequest, CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, IpToAsn,
    IpToAsnRequest, Pid,
};

use super::connection::services;
use super::one_call::{Most, client};
use crate::args::Call;
use crate::error::Failure;
use crate::{json, lookups, output};

/// Keys on stdin take so many bytes at most.
const STDIN_BYTES: u64 = 64 << 20;

/// Looks cgroups up and prints what they are.
pub(super) fn cgroups(args: &Call, paths: &[OsString]) -> Result<(), Failure> {
    let lines = if paths.is_empty() { lines()? } else { Vec::new() };
    let paths = if paths.is_empty() { &lines[..] } else { paths };
    let keys: Vec<_> = paths.iter().map(|path| CgroupPathRef { path: path.as_bytes() }).collect();
    let mut client =
        client::<CgroupsLookupRequest, CgroupsLookup>(args, services::CGROUPS_LOOKUP, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&json::shown(&found.to_owned()));
    }
    output::table(&lookups::cgroups(found))?;
    output::line(format_args!("\n{}", lookups::summary("cgroup", found.items().len(), found.generation())))
}

/// Looks processes up and prints what they are.
pub(super) fn apps(args: &Call, pids: &[u32]) -> Result<(), Failure> {
    let pids = if pids.is_empty() { parsed(&lines()?, "process ID")? } else { pids.to_vec() };
    let keys: Vec<_> = pids.into_iter().map(|pid| Pid { pid }).collect();
    let mut client = client::<AppsLookupRequest, AppsLookup>(args, services::APPS_LOOKUP, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&json::shown(&found.to_owned()));
    }
    output::table(&lookups::apps(found))?;
    output::line(format_args!("\n{}", lookups::summary("process", found.items().len(), found.generation())))
}

/// Looks addresses up and prints which networks they belong to.
pub(super) fn networks(args: &Call, addresses: &[IpAddr]) -> Result<(), Failure> {
    let addresses = if addresses.is_empty() { parsed(&lines()?, "IP address")? } else { addresses.to_vec() };
    let keys: Vec<_> = addresses.into_iter().map(Address::from).collect();
    let mut client = client::<IpToAsnRequest, IpToAsn>(args, services::IP_TO_ASN, Most::default())?;
    let found = client.look_up(&keys)?;
    if args.json {
        return output::json(&json::shown(&found.to_owned()));
    }
    output::table(&lookups::networks(found))?;
    output::line(format_args!("\n{}", lookups::summary("address", found.items().len(), found.generation())))
}

/// The lines of stdin, without their ends.
fn lines() -> Result<Vec<OsString>, Failure> {
    read_lines(io::stdin().lock(), STDIN_BYTES)
}

fn read_lines(from: impl Read, most: u64) -> Result<Vec<OsString>, Failure> {
    let mut text = Vec::new();
    from.take(most + 1)
        .read_to_end(&mut text)
        .map_err(|error| Failure::because("cannot read keys from stdin", &error))?;
    if text.len() as u64 > most {
        return Err(Failure::Usage(format!("more than {most} bytes of keys on stdin")));
    }
    if text.last() == Some(&b'\n') {
        text.pop();
    } else if text.is_empty() {
        return Ok(Vec::new());
    }
    Ok(text.split(|byte| *byte == b'\n').map(|line| OsString::from_vec(line.to_vec())).collect())
}

/// The values that lines stand for.
fn parsed<T: FromStr>(lines: &[OsString], what: &str) -> Result<Vec<T>, Failure> {
    let number = |(index, line): (usize, &OsString)| {
        line.to_str().and_then(|line| line.trim().parse().ok()).ok_or_else(|| {
            let line = output::printable(&line.as_bytes()[..line.len().min(100)]);
            Failure::Usage(format!("line {} of stdin is no {what}: {line:?}", index + 1))
        })
    };
    lines.iter().enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &[u8]) -> Vec<OsString> {
        read_lines(text, 100).expect("it is short")
    }

    #[test]
    fn a_key_is_a_line_and_the_last_one_may_have_no_end() {
        assert_eq!(lines_of(b"/a\n/b c\n"), ["/a", "/b c"]);
        assert_eq!(lines_of(b"/a\n/b"), ["/a", "/b"]);
        assert_eq!(lines_of(b"/a\n\n/b\n"), ["/a", "", "/b"]);
        assert!(lines_of(b"").is_empty());
        assert_eq!(lines_of(b"\n"), [""]);
    }

    #[test]
    fn more_than_a_terminal_would_ever_send_is_refused() {
        assert!(read_lines(&[b'x'; 100][..], 100).is_ok());
        let error = read_lines(io::repeat(b'x'), 100).expect_err("it never ends");
        assert!(error.to_string().contains("100 bytes"), "{error}");
    }

    #[test]
    fn a_line_that_is_no_process_id_is_named() {
        assert_eq!(
            parsed::<u32>(&lines_of(b"1\n 22 \n4294967295\n"), "process ID").expect("numbers"),
            [1, 22, u32::MAX]
        );
        for bad in [&b"1\nx\x1b[2J"[..], b"1\n-1", b"1\n4294967296", b"1\n", b"1\n\xff"] {
            let mut lines = lines_of(bad);
            lines.resize(2, OsString::new());
            let error = parsed::<u32>(&lines, "process ID").expect_err("no number").to_string();
            assert!(error.contains("line 2") && !error.contains('\x1b'), "{error}");
        }
    }
}
