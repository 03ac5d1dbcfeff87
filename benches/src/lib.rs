//! Benchmarks against floors measured in the same run: they are in `benches/`. `cargo bench -p netipc-benches`.
#![forbid(unsafe_code)]
