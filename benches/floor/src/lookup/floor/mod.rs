//! The same bytes by hand: straight-line code for one message each, with every check that the contract asks for and
//! nothing that could serve another message. What generated code is measured against.

pub(super) mod apps;
pub(super) mod cgroups;
mod parts;
