//! netipc/codec
