//! MaxMind DB files with autonomous systems, as MaxMind, DB-IP and IPinfo publish them.

use std::net::IpAddr;

use bstr::ByteSlice;
use maxminddb::{LookupResult, MaxMindDbError, Reader, WithinOptions};
use serde::Deserialize;

use super::Found;
use super::field::Field;

/// What a file's metadata begins with, and bytes from the end that it lies within.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
const METADATA_BYTES: usize = 128 << 10;
/// Networks that are looked at to see what a database is about, with those that are not in it.
const SAMPLE: usize = 10_000;
/// Bits of an address of version 6 that stand in front of one of version 4.
const VERSION_4_BITS: u32 = 32;

/// A database that has been checked.
#[derive(Debug)]
pub(in crate::providers) struct MaxMind(Reader<Vec<u8>>);

/// The part of a record that is looked at: the names of GeoLite2 ASN and DB-IP, then those of IPinfo.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    autonomous_system_number: Field<'a>,
    #[serde(borrow)]
    autonomous_system_organization: Field<'a>,
    #[serde(borrow)]
    asn: Field<'a>,
    #[serde(borrow)]
    as_name: Field<'a>,
    #[serde(borrow)]
    country_code: Field<'a>,
    #[serde(borrow)]
    country: Field<'a>,
}

impl<'a> Record<'a> {
    fn asn(&self) -> Option<u32> {
        self.autonomous_system_number.asn().or(self.asn.asn())
    }

    fn country(&self) -> Option<&'a str> {
        self.country_code.country().or(self.country.country())
    }

    fn organisation(&self) -> Option<&'a str> {
        self.autonomous_system_organization.text().or(self.as_name.text())
    }
}

/// Why a MaxMind DB cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::providers) enum Problem {
    /// It breaks a rule of the format.
    #[error(transparent)]
    Broken(#[from] MaxMindDbError),
    /// It is about something else.
    #[error("its type is {database_type}, and it has no AS numbers")]
    OfSomethingElse { database_type: String },
}

/// Whether these bytes are meant to be a MaxMind DB.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(METADATA_BYTES)..];
    end.contains_str(MARKER)
}

impl MaxMind {
    /// Takes a database and checks all of it, so that no lookup meets what is broken.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, Problem> {
        let reader = Reader::from_source(bytes)?;
        reader.verify()?;
        let database = Self(reader);
        if !database.has_numbers()? {
            let database_type = database.0.metadata().database_type.clone();
            return Err(Problem::OfSomethingElse { database_type });
        }
        Ok(database)
    }

    /// Whether any of the first networks has an AS number, or there are none.
    fn has_numbers(&self) -> Result<bool, MaxMindDbError> {
        let mut empty = true;
        // Nodes may be shared, and so make endless networks without data from a few bytes: these count, too.
        let all = WithinOptions::default().include_networks_without_data();
        for network in self.0.networks(all)?.take(SAMPLE) {
            let Some(record) = record(&network?)? else { continue };
            if record.asn().is_some() {
                return Ok(true);
            }
            empty = false;
        }
        Ok(empty)
    }

    /// The network that an address belongs to.
    pub(super) fn find(&self, address: IpAddr) -> Result<Option<Found<'_>>, MaxMindDbError> {
        if let IpAddr::V6(address) = address {
            // Networks of version 4 are kept as if they began with zeros; no address of version 6 belongs to them.
            let is_version_4s = address.to_bits() >> VERSION_4_BITS == 0;
            if is_version_4s || self.0.metadata().ip_version == 4 {
                return Ok(None);
            }
        }
        let result = self.0.lookup(address)?;
        let Some(record) = record(&result)? else { return Ok(None) };
        let (asn, country, organisation) = (record.asn(), record.country(), record.organisation());
        if asn.is_none() && country.is_none() && organisation.is_none() {
            return Ok(None);
        }
        let network = result.network()?;
        Ok(Some(Found {
            // A network of version 6 around all of version 4.
            prefix_len: if network.is_ipv4() == address.is_ipv4() { network.prefix().into() } else { 0 },
            asn: asn.unwrap_or(0),
            country: country.unwrap_or_default(),
            organisation: organisation.unwrap_or_default(),
        }))
    }
}

fn record<'a>(result: &LookupResult<'a, Vec<u8>>) -> Result<Option<Record<'a>>, MaxMindDbError> {
    result.decode()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// A text, a number or a map in the data section (MaxMind DB File Format Specification, version 2.0).
    enum Value<'a> {
        Text(&'a str),
        Number(u32),
        Short(u16),
        Long(u64),
        Map(&'a [(&'a str, Value<'a>)]),
        /// An array without items.
        Nothing,
    }

    impl Value<'_> {
        fn write(&self, to: &mut Vec<u8>) {
            let mut control = |kind: u8, size: usize| {
                let size = u8::try_from(size).expect("small");
                to.push(kind << 5 | size.min(29));
                to.extend(size.checked_sub(29));
            };
            match self {
                Self::Text(text) => {
                    control(2, text.len());
                    to.extend_from_slice(text.as_bytes());
                }
                Self::Number(number) => {
                    control(6, 4);
                    to.extend_from_slice(&number.to_be_bytes());
                }
                Self::Short(number) => {
                    control(5, 2);
                    to.extend_from_slice(&number.to_be_bytes());
                }
                Self::Long(number) => {
                    // A kind beyond 7 stands in a byte of its own.
                    control(0, 8);
                    to.push(2);
                    to.extend_from_slice(&number.to_be_bytes());
                }
                Self::Map(entries) => {
                    control(7, entries.len());
                    for (key, value) in *entries {
                        Value::Text(key).write(to);
                        value.write(to);
                    }
                }
                Self::Nothing => to.extend_from_slice(&[0, 4]),
            }
        }
    }

    /// A database with one network of version 4: the addresses whose first bits are `prefix`.
    fn database(prefix: &[u8], record: &Value<'_>) -> Vec<u8> {
        database_of(4, prefix, record)
    }

    fn database_of(version: u16, prefix: &[u8], record: &Value<'_>) -> Vec<u8> {
        let nodes = u32::try_from(prefix.len()).expect("few");
        let mut bytes = Vec::new();
        for (next, bit) in (1..).zip(prefix) {
            let data = nodes + 16;
            let mut records = [nodes; 2];
            records[usize::from(*bit)] = if next == nodes { data } else { next };
            for record in records {
                bytes.extend_from_slice(&record.to_be_bytes()[1..]);
            }
        }
        bytes.extend_from_slice(&[0; 16]);
        record.write(&mut bytes);
        bytes.extend_from_slice(MARKER);
        Value::Map(&[
            ("binary_format_major_version", Value::Short(2)),
            ("binary_format_minor_version", Value::Short(0)),
            ("build_epoch", Value::Long(1)),
            ("database_type", Value::Text("Test")),
            ("description", Value::Map(&[("en", Value::Text("A test"))])),
            ("ip_version", Value::Short(version)),
            ("languages", Value::Nothing),
            ("node_count", Value::Number(nodes)),
            ("record_size", Value::Short(24)),
        ])
        .write(&mut bytes);
        bytes
    }

    /// 192.0.0.0/3
    const PREFIX: [u8; 3] = [1, 1, 0];

    fn find<'a>(database: &'a MaxMind, address: &str) -> Option<Found<'a>> {
        database.find(address.parse().expect("an address")).expect("it was checked")
    }

    fn open(bytes: Vec<u8>) -> MaxMind {
        assert!(is_one(&bytes));
        MaxMind::new(bytes).expect("it is well-formed")
    }

    #[test]
    fn an_autonomous_system_has_the_names_of_geolite2() {
        let record = Value::Map(&[
            ("autonomous_system_number", Value::Number(64496)),
            ("autonomous_system_organization", Value::Text("Example, Inc.")),
        ]);
        let database = open(database(&PREFIX, &record));
        let expected = Found { prefix_len: 3, asn: 64496, country: "", organisation: "Example, Inc." };
        assert_eq!(find(&database, "192.0.2.1"), Some(expected));
        for outside in ["10.0.0.1", "224.0.0.1", "::1", "2001:db8::1"] {
            assert_eq!(find(&database, outside), None, "{outside}");
        }
    }

    #[test]
    fn an_autonomous_system_has_the_names_of_ipinfo() {
        let record = Value::Map(&[
            ("asn", Value::Text("AS64496")),
            ("as_name", Value::Text("Example, Inc.")),
            ("country_code", Value::Text("ZZ")),
            ("country", Value::Text("Nowhere")),
        ]);
        let database = open(database(&PREFIX, &record));
        let expected = Found { prefix_len: 3, asn: 64496, country: "ZZ", organisation: "Example, Inc." };
        assert_eq!(find(&database, "192.0.2.1"), Some(expected));
    }

    #[test]
    fn what_cannot_be_sent_is_left_out() {
        let record = Value::Map(&[
            ("asn", Value::Short(7)),
            ("as_name", Value::Text("a\0b")),
            ("country_code", Value::Text("ZZZ")),
        ]);
        let database = open(database(&PREFIX, &record));
        let expected = Found { prefix_len: 3, asn: 7, country: "", organisation: "" };
        assert_eq!(find(&database, "192.0.2.1"), Some(expected));
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let country = Value::Map(&[("iso_code", Value::Text("ZZ"))]);
        for record in [
            Value::Map(&[("autonomous_system_number", Value::Text("x"))]),
            Value::Map(&[("country", country)]),
            Value::Nothing,
            Value::Text("x"),
        ] {
            let error = MaxMind::new(database(&PREFIX, &record)).expect_err("it has no AS numbers");
            assert!(
                matches!(
                    error,
                    Problem::OfSomethingElse { .. } | Problem::Broken(MaxMindDbError::Decoding { .. })
                ),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_tree_that_makes_endless_networks_of_nothing_holds_nobody_up() {
        // Each node has the next one on both sides, and the last one nothing.
        let mut bytes = database_of(6, &[0; 128], &Value::Map(&[]));
        for node in 0_u32..128 {
            let next = (node + 1).to_be_bytes();
            bytes[node as usize * 6..][..6].copy_from_slice(&[&next[1..], &next[1..]].concat());
        }
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            sender.send(MaxMind::new(bytes).map(|database| find(&database, "2001:db8::1").is_some()))
        });
        let found = receiver.recv_timeout(Duration::from_mins(1)).expect("it hangs");
        assert!(!found.unwrap_or(false), "refused, or without anything in it");
    }

    #[test]
    fn an_address_of_version_6_belongs_to_none_of_version_4() {
        let record = Value::Map(&[("asn", Value::Short(7))]);
        let version_4 = [&[0; 96], &PREFIX[..]].concat();
        let database = open(database_of(6, &version_4, &record));
        let expected = Found { prefix_len: 3, asn: 7, country: "", organisation: "" };
        assert_eq!(find(&database, "192.0.2.1"), Some(expected));
        for outside in ["::192.0.2.1", "::1", "2001:db8::1", "10.0.0.1"] {
            assert_eq!(find(&database, outside), None, "{outside}");
        }
    }

    #[test]
    fn a_network_of_version_6_has_its_own_prefix() {
        let record = Value::Map(&[("asn", Value::Long(7))]);
        // 2001:db8::/32, bit by bit.
        let prefix: Vec<u8> = (0..32).rev().map(|bit| u8::from(0x2001_0db8_u32 >> bit & 1 == 1)).collect();
        let database = open(database_of(6, &prefix, &record));
        let expected = Found { prefix_len: 32, asn: 7, country: "", organisation: "" };
        assert_eq!(find(&database, "2001:db8:1::1"), Some(expected));
        assert_eq!(find(&database, "2001:db9::"), None);
    }

    #[test]
    fn a_network_around_all_of_version_4_is_all_of_it() {
        let record = Value::Map(&[("asn", Value::Short(7))]);
        let database = open(database_of(6, &[0; 64], &record));
        assert_eq!(find(&database, "192.0.2.1").map(|found| (found.prefix_len, found.asn)), Some((0, 7)));
    }

    #[test]
    fn a_database_that_was_cut_off_or_written_over_is_refused_or_harmless() {
        let record = Value::Map(&[("autonomous_system_number", Value::Number(64496))]);
        let whole = database(&PREFIX, &record);
        assert!(MaxMind::new(whole.clone()).is_ok());
        for len in 0..whole.len() {
            assert!(MaxMind::new(whole[..len].to_vec()).is_err(), "{len}");
        }
        let address = "192.0.2.1".parse().expect("an address");
        for at in 0..whole.len() {
            for byte in [0, 0x7f, 0xff] {
                let mut broken = whole.clone();
                broken[at] = byte;
                if let Ok(database) = MaxMind::new(broken) {
                    let _ = database.find(address);
                }
            }
        }
    }
}
