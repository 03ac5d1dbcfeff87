//! What the tests of this crate share with those of the workspace.
#![allow(unused_imports, reason = "each test file uses some of it")]

pub(crate) use netipc_tests::support::*;
