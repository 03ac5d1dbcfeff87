//! What a service manager hands over and wants to be told: systemd, or whoever speaks like it.
//!
//! The variables stay in the environment: taking one out while another thread reads it is not sound. `LISTEN_PID` tells
//! children that the sockets are not theirs.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::error::{Failure, complain};

/// Sockets that were handed over: `LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES` as in `sd_listen_fds(3)`.
pub(crate) struct Sockets(Vec<Named>);

/// A socket and its name, if names were given.
type Named = (Option<String>, OwnedFd);

impl Sockets {
    /// Takes charge of them. To be called once, and before anything is opened: a descriptor that is named and not there
    /// would become another file's.
    ///
    /// # Errors
    /// The variables make no sense.
    pub(crate) fn handed_over() -> Result<Self, Failure> {
        let sockets = sd_listen_fds::get()
            .map_err(|error| Failure::because("cannot take the sockets of the service manager", &error))?;
        Ok(Self(sockets.into_iter().map(|(name, socket)| (name, socket.into_std())).collect()))
    }

    /// The one for this service, if there are any: the only one, whatever its name, or the one that is named like the
    /// service. The others are closed.
    ///
    /// # Errors
    /// There are several, and none has that name, or more than one has.
    pub(crate) fn of_service(self, service: &str) -> Result<Option<OwnedFd>, Failure> {
        let Self(sockets) = self;
        if sockets.len() <= 1 {
            return Ok(sockets.into_iter().next().map(|(_, socket)| socket));
        }
        let count = sockets.len();
        let mut named = sockets.into_iter().filter(|(name, _)| name.as_deref() == Some(service));
        match (named.next(), named.next()) {
            (Some((_, socket)), None) => Ok(Some(socket)),
            _ => Err(Failure::Failed(format!(
                "{count} sockets were handed over, and not one of them alone is named {service}: give it that name \
                (FileDescriptorName= of its socket unit)"
            ))),
        }
    }
}

/// Tells the service manager, if it has asked for that, of a change as `sd_notify(3)` lists them.
pub(crate) fn tell(change: &str) {
    let Some(socket) = env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&socket, change) {
        // It goes on without: whoever waits for this has a time-out.
        complain(format_args!("cannot tell the service manager {change}: {error}"));
    }
}

fn send(socket: &OsStr, change: &str) -> io::Result<()> {
    let address = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(change.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use super::*;

    /// Something to be handed over under each of these names, and the numbers of its descriptors.
    fn sockets(names: &[Option<&str>]) -> (Sockets, Vec<i32>) {
        let open = |name: Option<&str>| {
            let file = File::open("/dev/null").expect("it is there");
            (name.map(str::to_owned), OwnedFd::from(file))
        };
        let sockets: Vec<_> = names.iter().copied().map(open).collect();
        let numbers = sockets.iter().map(|(_, socket)| socket.as_raw_fd()).collect();
        (Sockets(sockets), numbers)
    }

    fn chosen(names: &[Option<&str>]) -> Result<Option<usize>, Failure> {
        let (sockets, numbers) = sockets(names);
        let socket = sockets.of_service("web")?;
        Ok(socket.and_then(|socket| numbers.iter().position(|number| *number == socket.as_raw_fd())))
    }

    #[test]
    fn without_sockets_there_is_none() {
        assert_eq!(chosen(&[]).expect("nothing is wrong"), None);
    }

    #[test]
    fn the_only_socket_is_taken_whatever_its_name() {
        for name in [None, Some("web"), Some("netipc@web.socket")] {
            assert_eq!(chosen(&[name]).expect("it is the only one"), Some(0), "{name:?}");
        }
    }

    #[test]
    fn of_several_sockets_the_one_with_the_service_s_name_is_taken() {
        assert_eq!(chosen(&[Some("web-api"), Some("web"), None]).expect("one is named so"), Some(1));
    }

    #[test]
    fn several_sockets_none_of_which_or_more_than_one_has_the_name_are_a_failure_that_says_so() {
        for names in [[Some("one"), None], [Some("web"), Some("web")]] {
            let failure = chosen(&names).expect_err("it cannot be told which").to_string();
            assert!(failure.starts_with("2 sockets") && failure.contains("FileDescriptorName="), "{failure}");
        }
    }
}
