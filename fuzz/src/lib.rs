//! Fuzz targets of everything that parses: one in each file of `tests/`, its corpus in `tests/__fuzz__/`.
//!
//! `cargo test -p netipc-fuzz` gives each target its corpus and then thousands of mutations of it, the same ones every
//! time. `fuzz/run SECONDS` gives each target that much time with libFuzzer, which finds what to try next from the
//! code that it reaches, and adds what it finds to the corpus. `fuzz/seed.py` made the first corpora, from the vectors.
#![forbid(unsafe_code)]

mod message;
mod mutation;

pub use bolero;
pub use message::{decoded, encoded};
pub use mutation::{bytes, values};

/// A target that is a function of bytes, as a test of the same name.
#[macro_export]
macro_rules! target_of_bytes {
    ($name:ident, $check:expr) => {
        #[test]
        fn $name() {
            // Without inputs of its own under `cargo test`; a fuzzing engine does not look at this number.
            $crate::bolero::check!().with_iterations(0).for_each(|input: &[u8]| $check(input));
            $crate::bytes(stringify!($name), $check);
        }
    };
}

/// A target that is a function of a value, which is made of bytes, as a test of the same name.
#[macro_export]
macro_rules! target_of_values {
    ($name:ident, $check:expr) => {
        #[test]
        fn $name() {
            $crate::bolero::check!().with_iterations(0).with_type().for_each(|input| $check(input));
            $crate::values(stringify!($name), $check);
        }
    };
}
