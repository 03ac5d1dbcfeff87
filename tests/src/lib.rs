//! Tests that span crates: they are in `tests/`.
