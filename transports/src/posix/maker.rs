//! Whose something is after a fork.

/// The process that has made something which a child that it forks has too: a connection, a name. What one of them does
/// to it is done to the other's, so that a child that drops what it has inherited must only let go of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker {
    pid: u32,
}

impl Maker {
    /// This process.
    pub(super) fn this() -> Self {
        Self { pid: std::process::id() }
    }

    /// Whether it is this process, and not one that has forked it.
    pub(super) fn is_this(self) -> bool {
        self.pid == std::process::id()
    }
}
