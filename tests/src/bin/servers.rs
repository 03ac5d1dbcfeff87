//! Servers of tests that have them in another process. What they do, standard input says.

fn main() {
    netipc_tests::servers::serve_orders();
}
