//! netipc-derive
