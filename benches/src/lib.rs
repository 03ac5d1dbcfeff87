//! Benchmarks against floors: they are in `benches/`.
