//! What a child that was forked, and not executed, does to its parent's sessions by dropping what it has inherited.
//! `docs/security.md`, "Children". A program of its own: a process with other threads must not go on after a fork.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[cfg(target_os = "linux")]
#[path = "forked/linux.rs"]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::a_child_that_drops_what_it_has_inherited_ends_nothing_of_its_parents();
}
