//! netipc
