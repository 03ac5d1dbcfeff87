//! What a program would use without a cache, too: hash maps and a scan.

use std::collections::HashMap;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{Entry, Table};

/// A hash map with a fast hash, by name alone.
#[derive(Debug)]
pub struct Names<'a>(FxHashMap<&'a [u8], &'a Entry>);

impl<'a> Names<'a> {
    /// Of these.
    #[must_use]
    pub fn new(entries: &'a [Entry]) -> Self {
        Self(entries.iter().map(|entry| (&entry.name[..], entry)).collect())
    }

    /// As [`Cached::look_up`](super::Cached::look_up).
    #[must_use]
    pub fn look_up(&self, wanted: &[Entry]) -> usize {
        wanted.iter().map(|entry| self.0.get(&entry.name[..]).map_or(0, |found| found.path.len())).sum()
    }
}

/// A hash map with a fast hash, by hash and name.
#[derive(Debug)]
pub struct Pairs<'a>(HashMap<(u32, &'a [u8]), &'a Entry, FxBuildHasher>);

impl<'a> Pairs<'a> {
    /// Of these.
    #[must_use]
    pub fn new(entries: &'a [Entry]) -> Self {
        Self(entries.iter().map(|entry| ((entry.hash, &entry.name[..]), entry)).collect())
    }

    /// As [`Cached::look_up`](super::Cached::look_up).
    #[must_use]
    pub fn look_up(&self, wanted: &[Entry]) -> usize {
        let look =
            |entry: &Entry| self.0.get(&(entry.hash, &entry.name[..])).map_or(0, |found| found.path.len());
        wanted.iter().map(look).sum()
    }
}

impl Table {
    /// As [`Cached::look_up`](super::Cached::look_up).
    #[must_use]
    pub fn look_up(&self, wanted: &[Entry]) -> usize {
        wanted.iter().map(|entry| self.get(entry.hash, &entry.name).map_or(0, |found| found.path.len())).sum()
    }
}

/// All of them, one after another.
#[derive(Debug)]
pub struct Rows<'a>(&'a [Entry]);

impl<'a> Rows<'a> {
    /// Of these.
    #[must_use]
    pub const fn new(entries: &'a [Entry]) -> Self {
        Self(entries)
    }

    /// As [`Cached::look_up`](super::Cached::look_up).
    #[must_use]
    pub fn look_up(&self, wanted: &[Entry]) -> usize {
        let look = |wanted: &Entry| {
            let is_it = |entry: &&Entry| entry.hash == wanted.hash && entry.name == wanted.name;
            self.0.iter().find(is_it).map_or(0, |found| found.path.len())
        };
        wanted.iter().map(look).sum()
    }
}
