//! TCP sockets that are closed, each with its last counters: the kernel tells whoever listens (`linux/sock_diag.h`, since
//! Linux 4.3). Nobody needs privileges for this.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::{Errno, retry_on_intr};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{set_socket_recv_buffer_size, set_socket_recv_buffer_size_force};
use rustix::net::{RecvFlags, bind, recv};

use super::sockets::{self, DATAGRAM_BYTES, Socket};

/// Bytes that may wait from one reading to the next, with the kernel's own for each: some thousand sockets.
const WAITING_BYTES: usize = 4 << 20;
/// Datagrams of one reading at most, however fast more of them come.
const DATAGRAMS: usize = 100_000;
/// `SKNLGRP_INET_TCP_DESTROY` and `SKNLGRP_INET6_TCP_DESTROY`, which are 1 and 3.
const GROUPS: u32 = 1 << 0 | 1 << 2;

/// Hears of sockets that are closed.
#[derive(Debug)]
pub(super) struct Closings {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Closed {
    /// Sockets, without inodes.
    pub(super) sockets: Vec<Socket>,
    /// Times at which more were waiting than there was room for: some are missing then.
    pub(super) overflows: u64,
}

impl Closings {
    /// Listens from now on.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub(super) fn listen() -> io::Result<Self> {
        let socket = sockets::ask_kernel()?;
        // The one takes CAP_NET_ADMIN, the other gives as much as anybody may have.
        set_socket_recv_buffer_size_force(&socket, WAITING_BYTES)
            .or_else(|_| set_socket_recv_buffer_size(&socket, WAITING_BYTES))?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Self { socket, buffer: vec![0; DATAGRAM_BYTES] })
    }

    /// What has come since the last time.
    ///
    /// # Errors
    /// The kernel's list makes no sense.
    pub(super) fn take(&mut self) -> io::Result<Closed> {
        let mut closed = Closed::default();
        for _ in 0..DATAGRAMS {
            let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
            match retry_on_intr(|| recv(&self.socket, self.buffer.as_mut_slice(), flags)) {
                Ok((_, len)) => {
                    let datagram = self.buffer.get(..len).ok_or_else(sockets::too_long)?;
                    sockets::messages(datagram, &mut closed.sockets)?;
                }
                Err(Errno::AGAIN) => break,
                Err(Errno::NOBUFS) => closed.overflows += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(closed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// What takes longer hangs.
    const WATCHDOG: Duration = Duration::from_mins(1);

    #[test]
    fn a_socket_that_is_closed_tells_its_last_counters() {
        let mut closings = Closings::listen().expect("the kernel tells");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let mut near = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
        let (mut far, _) = listener.accept().expect("it is connected");
        // A length that no other test of this process has.
        near.write_all(&[7; 4711]).expect("it is connected");
        far.read_exact(&mut [0; 4711]).expect("it was written");
        drop((near, far));
        let start = Instant::now();
        let mut heard = Vec::new();
        while !heard.iter().any(|one: &Socket| one.counters.bytes_sent == 4711 && one.inode == 0) {
            assert!(start.elapsed() < WATCHDOG, "{heard:?}");
            thread::yield_now();
            heard.extend(closings.take().expect("it makes sense").sockets);
        }
    }

    #[test]
    fn where_there_is_no_room_for_more_this_is_told() {
        let mut closings = Closings::listen().expect("the kernel tells");
        set_socket_recv_buffer_size(&closings.socket, 0).expect("less is allowed");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let start = Instant::now();
        loop {
            for _ in 0..20 {
                drop((
                    TcpStream::connect(address).expect("it listens"),
                    listener.accept().expect("it is there"),
                ));
            }
            if closings.take().expect("it makes sense").overflows > 0 {
                break;
            }
            assert!(start.elapsed() < WATCHDOG, "it hangs");
        }
    }
}
