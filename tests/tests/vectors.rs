//! Byte vectors of an independent implementation, both ways, and odd byte strings with the class of their rejection
//! (`vectors/README.md`). None is passed over: `vectors/counts.rs` knows how many there are of each kind.

#[path = "vectors/batch.rs"]
mod batch;
#[path = "vectors/counts.rs"]
mod counts;
#[path = "vectors/envelope.rs"]
mod envelope;
#[path = "vectors/file.rs"]
mod file;
#[path = "vectors/lookups.rs"]
mod lookups;
#[path = "vectors/messages.rs"]
mod messages;
#[cfg(target_os = "linux")]
#[path = "vectors/regions.rs"]
mod regions;
