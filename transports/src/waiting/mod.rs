//! How a session waits for its peer.

mod spinning;

pub(crate) use spinning::{Spinning, Spun};

use std::time::Duration;

/// How a session waits for what its peer sends: it may look again and again for a while (spin) before it blocks.
///
/// A blocked thread costs nothing, but where the peer runs on another CPU, waking it takes 20 to 50 us, many times
/// what an exchange takes between two threads that spin. So by default a session spins, for as long as answers have
/// been taking and never longer than about what a wake-up costs, and only while it pays:
///
/// - where both sides have one and the same CPU it never spins, since the peer could not run meanwhile;
/// - waits that outlast the spin make it spin less, and after a few of them not at all;
/// - waits that turn out short make it try again, the more seldom the more often that was in vain;
/// - an idle session blocks: it uses no CPU and is not woken.
///
/// While it spins a session uses a whole CPU: at most [`Waiting::longest_spin`] in each wait, which is never above 10 ms.
/// Whoever spins in shared memory sees only messages and its own end, and has to see soon enough that the peer has gone.
///
/// Contract: `docs/contract/posix.md`, "Receiving".
///
/// ```
/// use std::time::Duration;
/// use netipc_transport::{ConnectOptions, Waiting};
/// let options = ConnectOptions { waiting: Waiting::BLOCK, ..ConnectOptions::default() };
/// assert_eq!(options.waiting.longest_spin(), Duration::ZERO);
/// let patient = Waiting::spin_at_most(Duration::from_micros(200));
/// assert!(patient.longest_spin() > Waiting::default().longest_spin());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    longest_spin: Duration,
}

/// No spin is longer.
const LONGEST_SPIN: Duration = Duration::from_millis(10);

impl Waiting {
    /// Blocks at once, always. For programs to which CPU time matters more than how soon an answer is seen.
    pub const BLOCK: Self = Self::spin_at_most(Duration::ZERO);

    /// Spins for so long in each wait at most, less or not at all where that does not pay. Zero is [`Waiting::BLOCK`], and
    /// whatever is above 10 ms is 10 ms.
    #[must_use]
    pub const fn spin_at_most(longest: Duration) -> Self {
        let is_too_long = longest.as_nanos() > LONGEST_SPIN.as_nanos();
        Self { longest_spin: if is_too_long { LONGEST_SPIN } else { longest } }
    }

    /// The longest spin of a wait.
    #[must_use]
    pub const fn longest_spin(self) -> Duration {
        self.longest_spin
    }
}

/// Spins for 50 us at most: about what waking a thread on another CPU takes.
impl Default for Waiting {
    fn default() -> Self {
        Self::spin_at_most(Duration::from_micros(50))
    }
}
