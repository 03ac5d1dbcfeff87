//! Fuzz targets of everything that parses: they are in `tests/`.
