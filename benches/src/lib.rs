//! What the benchmarks in `benches/` and the instruction counts of `instructions.sh` run: rounds of the codec, generated
//! and written by hand.
#![forbid(unsafe_code)]

pub mod lookup;
