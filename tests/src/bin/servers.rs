//! Servers of tests that have them in another process. What they do, standard input says.

use netipc_tests::support::allocations::Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn main() {
    netipc_tests::servers::serve_orders();
}
