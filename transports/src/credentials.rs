//! Who is at the other end.

/// The peer as the kernel knows it, taken when the connection was made.
///
/// Whoever is connected may be: on POSIX only the server's user, and root, can open its socket, and on Windows also
/// `LocalSystem` and administrators its pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// Process ID; 0 where the peer's process has none in this process's PID namespace (that of another container), and
    /// on FreeBSD and macOS, which do not tell.
    pub pid: u32,
    /// Effective user ID.
    #[cfg(unix)]
    pub uid: u32,
    /// Effective group ID.
    #[cfg(unix)]
    pub gid: u32,
}
