//! The TCP sockets of this network namespace and their counters (`sock_diag(7)`, `linux/inet_diag.h`, `linux/tcp.h`).
//!
//! Of a UDP socket the kernel tells what waits in its queues and nothing of what has gone through it; that of MPTCP and
//! SCTP is not asked for. Nobody needs privileges for this.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::retry_on_intr;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

use super::Counters;

/// Sockets at most; the rest is left out.
const SOCKETS: usize = 1_000_000;
/// Bytes of a datagram: the kernel fills no more than 32 KiB.
pub(super) const DATAGRAM_BYTES: usize = 64 << 10;
/// The kernel answers at once.
const TIMEOUT: Duration = Duration::from_secs(5);

const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// NLM_F_REQUEST | NLM_F_DUMP
const REQUEST_DUMP: u16 = 0x301;
/// An attribute of responses; as an extension of requests, the bit before.
const INET_DIAG_INFO: u16 = 2;
const IPPROTO_TCP: u8 = 6;
/// All but SYN_RECV, TIME_WAIT, LISTEN and NEW_SYN_RECV, which have carried nothing that counts or belong to nobody.
const STATES: u32 = 0xfff & !(1 << 3 | 1 << 6 | 1 << 10);

const HEADER_BYTES: usize = 16;
const RESPONSE_BYTES: usize = 72;

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Socket {
    /// What tells it from every other one until the host restarts.
    pub(super) cookie: u64,
    /// What links in `/proc/<pid>/fd` say; 0 for one that no file stands for: it is not accepted yet, or closed.
    pub(super) inode: u32,
    /// What it has carried.
    pub(super) counters: Counters,
}

/// All sockets of IPv4 and IPv6.
///
/// # Errors
/// The kernel does not tell.
pub(super) fn all() -> io::Result<Vec<Socket>> {
    let socket = ask_kernel()?;
    set_socket_timeout(&socket, Timeout::Recv, Some(TIMEOUT))?;
    let mut sockets = Vec::new();
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        dump(&socket, u8::try_from(family.as_raw()).unwrap_or_default(), &mut sockets)?;
    }
    Ok(sockets)
}

/// A socket through which the kernel tells of sockets.
///
/// # Errors
/// It has none.
pub(super) fn ask_kernel() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC;
    Ok(socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, Some(netlink::SOCK_DIAG))?)
}

fn dump(socket: &OwnedFd, family: u8, sockets: &mut Vec<Socket>) -> io::Result<()> {
    send(socket, &request(family), SendFlags::empty())?;
    let mut buffer = vec![0; DATAGRAM_BYTES];
    loop {
        let (_, len) = retry_on_intr(|| recv(socket, buffer.as_mut_slice(), RecvFlags::TRUNC))?;
        let datagram = buffer.get(..len).ok_or_else(too_long)?;
        if messages(datagram, sockets)? {
            return Ok(());
        }
    }
}

/// A header, and `struct inet_diag_req_v2`.
fn request(family: u8) -> [u8; 72] {
    let mut bytes = [0; 72];
    bytes[..4].copy_from_slice(&72_u32.to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&REQUEST_DUMP.to_ne_bytes());
    bytes[16] = family;
    bytes[17] = IPPROTO_TCP;
    bytes[18] = 1 << (INET_DIAG_INFO - 1);
    bytes[20..24].copy_from_slice(&STATES.to_ne_bytes());
    bytes
}

/// Takes the sockets of a datagram; tells whether it was the last one.
///
/// # Errors
/// It makes no sense, or is a refusal.
pub(super) fn messages(mut datagram: &[u8], sockets: &mut Vec<Socket>) -> io::Result<bool> {
    while !datagram.is_empty() {
        let len = u32_at(datagram, 0).ok_or_else(|| invalid("a header is cut off"))? as usize;
        let message = datagram.get(..len).filter(|message| message.len() >= HEADER_BYTES);
        let message = message.ok_or_else(|| invalid("a message is cut off"))?;
        let payload = &message[HEADER_BYTES..];
        match u16_at(message, 4) {
            Some(NLMSG_DONE) => return Ok(true),
            Some(NLMSG_ERROR) => {
                let code = u32_at(payload, 0).map_or(0, u32::cast_signed);
                return Err(io::Error::from_raw_os_error(code.wrapping_neg()));
            }
            Some(SOCK_DIAG_BY_FAMILY) if sockets.len() < SOCKETS => sockets.extend(response(payload)),
            _ => {}
        }
        datagram = datagram.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

/// `struct inet_diag_msg` and its attributes. A socket without counters is none.
fn response(payload: &[u8]) -> Option<Socket> {
    let cookie = u64_at(payload, 44)?;
    let inode = u32_at(payload, 68)?;
    let mut attributes = payload.get(RESPONSE_BYTES..)?;
    loop {
        let len = usize::from(u16_at(attributes, 0)?);
        let value = attributes.get(4..len)?;
        if u16_at(attributes, 2)? == INET_DIAG_INFO {
            return Some(Socket { cookie, inode, counters: counters(value)? });
        }
        attributes = attributes.get(len.next_multiple_of(4)..)?;
    }
}

/// The counters in `struct tcp_info`, which grows with the kernel. That the peer has ended its stream counts as one byte.
fn counters(info: &[u8]) -> Option<Counters> {
    // Since Linux 4.19 what was sent, and how much of it again; before, what the peer has acknowledged.
    let sent = u64_at(info, 200).zip(u64_at(info, 208)).map(|(sent, again)| sent.saturating_sub(again));
    Some(Counters {
        bytes_received: u64_at(info, 128)?,
        bytes_sent: sent.or(u64_at(info, 120))?,
        packets_received: u32_at(info, 140)?.into(),
        packets_sent: u32_at(info, 136)?.into(),
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_ne_bytes)
}

/// What came is longer than any datagram.
pub(super) fn too_long() -> io::Error {
    invalid("it is longer than any")
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the kernel's list of sockets makes no sense: {what}"))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn inode(stream: &TcpStream) -> u64 {
        let fd = std::os::fd::AsRawFd::as_raw_fd(stream);
        std::fs::metadata(format!("/proc/self/fd/{fd}")).expect("it is open").ino()
    }

    #[test]
    fn a_connection_of_this_test_has_carried_what_was_written() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            // A host may have no IPv6.
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let mut near = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
            let (mut far, _) = listener.accept().expect("it is connected");
            near.write_all(&[7; 5000]).expect("it is connected");
            far.read_exact(&mut [0; 5000]).expect("it was written");
            let sockets = all().expect("the kernel tells");
            let counters = |stream| {
                let found = sockets.iter().find(|socket| u64::from(socket.inode) == inode(stream));
                found.expect("it is in the list").counters
            };
            assert_eq!((counters(&near).bytes_sent, counters(&near).bytes_received), (5000, 0), "{address}");
            assert_eq!((counters(&far).bytes_sent, counters(&far).bytes_received), (0, 5000), "{address}");
            assert!(counters(&far).packets_received > 0);
        }
    }

    #[test]
    fn a_refusal_of_the_kernel_is_an_error() {
        let mut bytes = [0; 20];
        bytes[0] = 20;
        bytes[4..6].copy_from_slice(&NLMSG_ERROR.to_ne_bytes());
        bytes[16..].copy_from_slice(&(-13_i32).to_ne_bytes());
        let error = messages(&bytes, &mut Vec::new()).expect_err("it is refused");
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    proptest::proptest! {
        #[test]
        fn any_datagram_is_read_without_a_panic(
            len in 0_u32..200, kind in 18_u16..22, mut bytes in proptest::collection::vec(0_u8.., 8..200),
        ) {
            let _ = messages(&bytes, &mut Vec::new());
            bytes[..4].copy_from_slice(&len.to_ne_bytes());
            bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
            let _ = messages(&bytes, &mut Vec::new());
        }
    }
}
