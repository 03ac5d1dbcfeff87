//! MaxMind DB files with autonomous systems, as MaxMind, DB-IP and IPinfo publish them.

use std::net::IpAddr;

use bstr::ByteSlice;
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;

use super::Found;

/// What a file's metadata begins with, and bytes from the end that it lies within.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
const METADATA_BYTES: usize = 128 << 10;

/// A database that has been checked.
#[derive(Debug)]
pub(in crate::providers) struct MaxMind(Reader<Vec<u8>>);

/// The part of a record that is looked at: the names of GeoLite2 ASN and DB-IP, then those of IPinfo.
#[derive(Deserialize)]
struct Record<'a> {
    autonomous_system_number: Option<u32>,
    #[serde(borrow)]
    autonomous_system_organization: Option<&'a str>,
    #[serde(borrow)]
    asn: Option<&'a str>,
    #[serde(borrow)]
    as_name: Option<&'a str>,
    #[serde(borrow)]
    country_code: Option<&'a str>,
}

/// Whether these bytes are meant to be a MaxMind DB.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(METADATA_BYTES)..];
    end.contains_str(MARKER)
}

impl MaxMind {
    /// Takes a database and checks all of it, so that no lookup meets what is broken.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, MaxMindDbError> {
        let reader = Reader::from_source(bytes)?;
        reader.verify()?;
        Ok(Self(reader))
    }

    /// The network that an address belongs to.
    pub(super) fn find(&self, address: IpAddr) -> Result<Option<Found<'_>>, MaxMindDbError> {
        if address.is_ipv6() && self.0.metadata().ip_version == 4 {
            return Ok(None);
        }
        let result = self.0.lookup(address)?;
        let Some(record) = result.decode::<Record<'_>>()? else { return Ok(None) };
        let network = result.network()?;
        let number = record.asn.and_then(|asn| asn.trim_start_matches("AS").parse().ok());
        Ok(Some(Found {
            // A network of version 6 around all of version 4.
            prefix_len: if network.is_ipv4() == address.is_ipv4() { network.prefix().into() } else { 0 },
            asn: record.autonomous_system_number.or(number).unwrap_or(0),
            country: text(record.country_code.filter(|letters| letters.len() == 2)),
            organisation: text(record.autonomous_system_organization.or(record.as_name)),
        }))
    }
}

/// A text that can be sent: without a NUL.
fn text(text: Option<&str>) -> &str {
    text.filter(|text| !text.contains('\0')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
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
            ("ip_version", Value::Short(4)),
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
        let record = Value::Map(&[("as_name", Value::Text("a\0b")), ("country_code", Value::Text("ZZZ"))]);
        let database = open(database(&PREFIX, &record));
        let expected = Found { prefix_len: 3, asn: 0, country: "", organisation: "" };
        assert_eq!(find(&database, "192.0.2.1"), Some(expected));
    }

    #[test]
    fn a_record_of_something_else_is_an_error_and_no_panic() {
        let record = Value::Map(&[("autonomous_system_number", Value::Text("x"))]);
        let database = open(database(&PREFIX, &record));
        assert!(database.find("192.0.2.1".parse().expect("an address")).is_err());
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
