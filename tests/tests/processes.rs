//! Levels 2 and 3 across two processes, over every profile that the platform carries: what one process does and the other
//! sees. Contract: docs/contract/service.md, docs/contract/snapshot.md.

mod common;
#[path = "processes/mod.rs"]
mod processes;

/// What another process does. As a test of its own it has no part.
#[test]
fn the_part_of_another_process() {
    processes::part::play();
}
