//! Checks of the directory itself.

use std::io::{self, ErrorKind};

use indicatif::BinaryBytes;
use netipc::transport::defaults;
use netipc::{Endpoint, EndpointError};

use super::facts::{Directory, Facts, Space};
use crate::commands::connection::services;
use crate::commands::doctor::check::Check;
use crate::error::sentence;
use crate::run_dir::Refusal;
use crate::survey::User;

/// Room that the shared memory of a session takes which was configured with nothing: both payloads, and a page for
/// headers. With less, providers fall back to the socket.
const SESSION_BYTES: u64 =
    defaults::MAX_REQUEST_PAYLOAD_BYTES as u64 + defaults::MAX_RESPONSE_PAYLOAD_BYTES as u64 + 4096;

/// No file's name has more bytes, whatever the directory.
const NAME_MAX: usize = 255;

/// It is there, and a directory.
pub(super) fn directory(facts: &Facts) -> Check {
    const NAME: &str = "directory";
    let path = facts.run_dir.display();
    match &facts.directory {
        Ok(_) => Check::fine(NAME, format!("{path} is a directory")),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Check::wrong(
            NAME,
            format!("{path} is not a directory"),
            "name the providers' directory with --run-dir or NETIPC_RUN_DIR",
        ),
        Err(error) if error.kind() == ErrorKind::NotFound && facts.is_made_by_providers => Check::note(
            NAME,
            format!("{path} does not exist yet: nothing has been served in it"),
            "start a provider, which makes it (netipc serve --help)",
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => Check::wrong(
            NAME,
            format!("{path} does not exist"),
            format!("make it (mkdir -m 755 {path}), or name the providers' with --run-dir or NETIPC_RUN_DIR"),
        ),
        Err(error) => Check::wrong(
            NAME,
            format!("{path} cannot be looked at: {}", sentence(error)),
            "ask as a user who may, or name another one with --run-dir",
        ),
    }
}

/// Sockets in it can have addresses.
pub(super) fn path(facts: &Facts) -> Check {
    const NAME: &str = "path";
    let fits = |service: &str| Endpoint::new(&facts.run_dir, service).is_ok();
    let longest = (1..=NAME_MAX).take_while(|len| fits(&"n".repeat(*len))).count();
    if longest == 0
        && let Err(EndpointError::PathTooLong { limit, .. }) = Endpoint::new(&facts.run_dir, "n")
    {
        return Check::wrong(
            NAME,
            format!(
                "the path has {} bytes; that of a socket may have {limit} in all",
                facts.run_dir.as_os_str().len()
            ),
            "take a directory with a shorter path",
        );
    }
    let wanted: Vec<&str> = match &facts.service {
        Some(service) => vec![service],
        None => services::ALL.to_vec(),
    };
    let too_long: Vec<&str> = wanted.into_iter().filter(|service| !fits(service)).collect();
    if too_long.is_empty() {
        return Check::fine(NAME, format!("names of services may have up to {longest} bytes"));
    }
    Check::wrong(
        NAME,
        format!(
            "names of services may have up to {longest} bytes, and these have more: {}",
            too_long.join(", ")
        ),
        "take a directory with a shorter path",
    )
}

/// Nobody else can put a socket into it, and so be the provider.
pub(super) fn owner(facts: &Facts, directory: &Directory) -> Check {
    const NAME: &str = "owner";
    let (path, mode) = (facts.run_dir.display(), directory.mode);
    let owner = User(directory.uid).words();
    if let Some(Refusal { why, mend }) = &facts.refused {
        let elsewhere = || "name another directory with --run-dir or NETIPC_RUN_DIR".to_owned();
        return Check::wrong(NAME, why.clone(), mend.clone().unwrap_or_else(elsewhere));
    }
    if mode & 0o002 != 0 {
        let finding = "everybody may put a socket into it, and so pass for a provider";
        return Check::wrong(NAME, format!("{finding} (mode {mode:o})"), format!("chmod o-w {path}"));
    }
    if mode & 0o020 != 0 {
        return Check::note(
            NAME,
            format!(
                "group {} may put sockets into it, and so pass for a provider (mode {mode:o})",
                directory.gid
            ),
            format!("chmod g-w {path}, unless the group is trusted"),
        );
    }
    if ![0, facts.uid].contains(&directory.uid) {
        return Check::note(
            NAME,
            format!("it belongs to user {owner}, who may replace every provider in it"),
            "use it if that is a user to trust, as of an agent that runs the providers",
        );
    }
    Check::fine(NAME, format!("only user {owner} may put sockets into it (mode {mode:o})"))
}

/// The user who asks may do in it what providers and callers do.
pub(super) fn access(facts: &Facts, directory: &Directory) -> Check {
    const NAME: &str = "access";
    let me = User(facts.uid).words();
    let mend = format!("be its owner (user {}), or change its mode (chmod)", User(directory.uid).words());
    if !directory.may_enter {
        Check::wrong(NAME, format!("user {me} may not enter it, so cannot call anything in it"), mend)
    } else if !directory.may_list {
        let finding = "may not list it: it cannot be told what is served in it, and providers do not start";
        Check::wrong(NAME, format!("user {me} {finding}"), mend)
    } else if directory.may_write {
        Check::fine(NAME, format!("user {me} may provide and call services in it"))
    } else {
        Check::note(
            NAME,
            format!("user {me} may call services in it, but not provide any"),
            format!("to provide some, {mend}"),
        )
    }
}

/// Files can be made.
pub(super) fn file_system(space: &io::Result<Space>) -> Check {
    const NAME: &str = "file_system";
    let space = match space {
        Ok(space) => space,
        Err(error) => {
            return Check::note(
                NAME,
                format!("it cannot be told how much room there is: {}", sentence(error)),
                "look at it with df",
            );
        }
    };
    if space.is_read_only {
        return Check::wrong(
            NAME,
            "it is read-only: no provider can make its socket",
            "mount it for writing, or name a directory on another one with --run-dir",
        );
    }
    if space.free_files == Some(0) {
        return Check::wrong(
            NAME,
            "it has no inode left: no provider can make its socket",
            "remove files from it, or name a directory on another one with --run-dir",
        );
    }
    if space.free_bytes < SESSION_BYTES {
        return Check::wrong(
            NAME,
            format!(
                "it is full: {} bytes are left, and the shared memory of one session takes {SESSION_BYTES} or more; \
                 sessions go over the socket, and slower",
                space.free_bytes
            ),
            "make room on it, or name a directory on another one with --run-dir",
        );
    }
    Check::fine(NAME, format!("{} are left", BinaryBytes(space.free_bytes)))
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
