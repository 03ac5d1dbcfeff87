//! Who is at the other end.

/// The peer as the kernel knows it, taken when the connection was made (`SO_PEERCRED`).
///
/// ```
/// use netipc_transport::Credentials;
/// let peer = Credentials { pid: 4711, uid: 0, gid: 0 };
/// assert_eq!(peer.uid, 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// Process ID; 0 where the peer's process has none in this process's PID namespace (that of another container).
    pub pid: u32,
    /// Effective user ID.
    pub uid: u32,
    /// Effective group ID.
    pub gid: u32,
}
