//! Compile errors of the derive: the cases are in `tests/`.
