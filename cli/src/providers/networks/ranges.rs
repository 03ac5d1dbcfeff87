//! Ranges of addresses as tab-separated text, as iptoasn.com publishes them:
//!
//! ```text
//! first address   last address   AS number   country   organisation
//! ```
//!
//! An AS number of 0 is a range that nobody announces. A country that is not two letters long (`None`) is none. Empty
//! lines and those that begin with `#` are passed over. A range may lie within another one, and then is what its
//! addresses belong to. Text with anything else in it is refused as a whole: half a database is wrong about the other
//! half.
//!
//! A million ranges (82 MB of text) are read within a second and take 120 MB, and 200 MB while they are read.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;

use bstr::ByteSlice;

use super::Found;

/// Bits in front of an IPv4 address that is mapped.
const MAPPED_BITS: u16 = 96;

/// Networks by their addresses.
#[derive(Debug)]
pub(in crate::providers) struct Ranges {
    /// Ascending and disjoint.
    pieces: Vec<Piece>,
    networks: Vec<Network>,
    organisations: Vec<Box<str>>,
}

/// Addresses that belong to one network, and to none within it.
#[derive(Debug)]
struct Piece {
    first: u128,
    last: u128,
    network: u32,
}

#[derive(Debug)]
struct Network {
    first: u128,
    last: u128,
    asn: u32,
    country: Option<[u8; 2]>,
    organisation: u32,
}

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::providers) enum Problem {
    /// The number of columns is wrong.
    #[error(
        "line {line}: the columns are {columns} and not 5: first address, last address, AS number, country, organisation"
    )]
    Columns { line: usize, columns: usize },
    /// One column is wrong.
    #[error("line {line}: {what}")]
    Value { line: usize, what: &'static str },
    /// A range begins in another one and ends behind it.
    #[error("line {line}: the range overlaps the one of line {other} without lying within it")]
    Overlap { line: usize, other: usize },
    /// There is nothing.
    #[error("it has no ranges")]
    Empty,
}

impl Ranges {
    /// Reads a text.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let mut organisations = Organisations::default();
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with(b"#") {
                rows.push((index + 1, network(index + 1, line, &mut organisations)?));
            }
        }
        if rows.is_empty() {
            return Err(Problem::Empty);
        }
        // What contains others comes before them; of equal ones, the last line is the innermost.
        rows.sort_by_key(|(line, network)| (network.first, Reverse(network.last), *line));
        let pieces = pieces(&rows)?;
        let networks = rows.into_iter().map(|(_, network)| network).collect();
        Ok(Self {
            pieces,
            networks,
            organisations: organisations.list.iter().map(|name| (**name).into()).collect(),
        })
    }

    /// The smallest range that an address belongs to.
    pub(super) fn find(&self, address: IpAddr) -> Option<Found<'_>> {
        let bits = bits(address);
        let after = self.pieces.partition_point(|piece| piece.first <= bits);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        let network = self.networks.get(piece.network as usize).filter(|_| bits <= piece.last)?;
        let mapped = matches!(address, IpAddr::V4(_));
        let prefix_len = prefix_len(bits, network.first, network.last);
        Some(Found {
            prefix_len: if mapped { prefix_len.saturating_sub(MAPPED_BITS) } else { prefix_len },
            asn: network.asn,
            country: network.country.as_ref().and_then(|letters| letters.to_str().ok()).unwrap_or_default(),
            organisation: self.organisations.get(network.organisation as usize).map_or("", |name| name),
        })
    }
}

/// Organisations, each once: a large one has thousands of ranges.
#[derive(Default)]
struct Organisations {
    list: Vec<Rc<str>>,
    places: HashMap<Rc<str>, u32>,
}

impl Organisations {
    fn place(&mut self, name: &str) -> Option<u32> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let place = u32::try_from(self.list.len()).ok()?;
        let name: Rc<str> = name.into();
        self.places.insert(Rc::clone(&name), place);
        self.list.push(name);
        Some(place)
    }
}

/// An address as 128 bits; one of version 4 is mapped.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn network(line: usize, text: &[u8], organisations: &mut Organisations) -> Result<Network, Problem> {
    let columns: Vec<_> = text.split(|byte| *byte == b'\t').collect();
    let [first, last, asn, country, organisation] = columns[..] else {
        return Err(Problem::Columns { line, columns: columns.len() });
    };
    let wrong = |what| Problem::Value { line, what };
    let address = |text: &[u8]| -> Option<IpAddr> { text.to_str().ok()?.parse().ok() };
    let first = address(first).ok_or(wrong("the first column is no address"))?;
    let last = address(last).ok_or(wrong("the second column is no address"))?;
    if first.is_ipv4() != last.is_ipv4() {
        return Err(wrong("one address is of version 4 and the other of version 6"));
    }
    if first > last {
        return Err(wrong("the last address is before the first"));
    }
    let asn = asn
        .to_str()
        .ok()
        .and_then(|asn| asn.parse().ok())
        .ok_or(wrong("the third column is no AS number"))?;
    // A name in another encoding is no reason to do without all other names.
    let organisation = organisation.to_str_lossy();
    if organisation.contains('\0') {
        return Err(wrong("the organisation has a NUL"));
    }
    let organisation = organisations.place(&organisation).ok_or(wrong("there are too many organisations"))?;
    let country =
        <[u8; 2]>::try_from(country).ok().filter(|letters| letters.iter().all(u8::is_ascii_alphabetic));
    Ok(Network { first: bits(first), last: bits(last), asn, country, organisation })
}

/// Cuts ranges that lie within each other into pieces that do not. They come outer ones first.
fn pieces(rows: &[(usize, Network)]) -> Result<Vec<Piece>, Problem> {
    let mut pieces = Vec::with_capacity(rows.len());
    // The ranges around the next address, outermost first, and that address.
    let mut around: Vec<usize> = Vec::new();
    let mut next = 0;
    let mut close = |around: &mut Vec<usize>, next: &mut u128, until: Option<u128>| {
        while let Some(&inner) = around.last() {
            let Network { last, .. } = rows[inner].1;
            let ended = until.is_none_or(|until| last < until);
            // Up to the end of the innermost range, or to where the next one begins in it.
            let end = if ended { last } else { until.unwrap_or(last).wrapping_sub(1) };
            if *next <= end && until != Some(*next) {
                pieces.push(Piece {
                    first: *next,
                    last: end,
                    network: u32::try_from(inner).unwrap_or(u32::MAX),
                });
            }
            if !ended {
                return;
            }
            *next = (*next).max(last.saturating_add(1));
            around.pop();
        }
    };
    for (index, (line, network)) in rows.iter().enumerate() {
        close(&mut around, &mut next, Some(network.first));
        if let Some(outer) = around.last().map(|outer| &rows[*outer])
            && network.last > outer.1.last
        {
            return Err(Problem::Overlap { line: *line, other: outer.0 });
        }
        next = network.first;
        around.push(index);
    }
    close(&mut around, &mut next, None);
    Ok(pieces)
}

/// Length of the prefix of the largest network around an address that lies within a range.
fn prefix_len(address: u128, first: u128, last: u128) -> u16 {
    let within = |len: &u32| {
        let rest = u128::MAX.checked_shr(*len).unwrap_or(0);
        address & !rest >= first && address | rest <= last
    };
    // A shorter prefix than that of both ends has more than the range in it.
    let len = ((first ^ last).leading_zeros()..=128).find(within);
    len.and_then(|len| u16::try_from(len).ok()).unwrap_or(128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Ranges, Problem> {
        Ranges::parse(text.as_bytes())
    }

    /// AS number and length of the prefix.
    fn found(ranges: &Ranges, address: &str) -> Option<(u32, u16)> {
        ranges.find(address.parse().expect(address)).map(|found| (found.asn, found.prefix_len))
    }

    #[test]
    fn an_address_belongs_to_the_range_around_it() {
        let ranges = parse(
            "# documentation\n\n192.0.2.0\t192.0.2.255\t64496\tZZ\tExample, Inc.\r\n\
             2001:db8::\t2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t65536\tNone\t\n",
        )
        .expect("well-formed");
        let first = ranges.find("192.0.2.7".parse().expect("an address")).expect("it is there");
        assert_eq!(first, Found { prefix_len: 24, asn: 64496, country: "ZZ", organisation: "Example, Inc." });
        let second = ranges.find("2001:db8::1".parse().expect("an address")).expect("it is there");
        assert_eq!(second, Found { prefix_len: 32, asn: 65536, country: "", organisation: "" });
        for outside in ["192.0.1.255", "192.0.3.0", "::1", "2001:db9::", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(found(&ranges, outside), None, "{outside}");
        }
    }

    #[test]
    fn the_smallest_of_ranges_within_each_other_counts() {
        let ranges = parse(
            "10.0.0.0\t10.255.255.255\t1\t\tx\n10.0.0.0\t10.0.255.255\t2\t\tx\n10.0.1.0\t10.0.1.255\t3\t\tx\n\
             10.0.1.255\t10.0.1.255\t4\t\tx\n10.255.0.0\t10.255.255.255\t5\t\tx\n",
        )
        .expect("well-formed");
        for (address, expected) in [
            ("10.0.0.0", (2, 16)),
            ("10.0.1.0", (3, 24)),
            ("10.0.1.254", (3, 24)),
            ("10.0.1.255", (4, 32)),
            ("10.0.2.0", (2, 16)),
            ("10.1.0.0", (1, 8)),
            ("10.254.255.255", (1, 8)),
            ("10.255.0.0", (5, 16)),
            ("10.255.255.255", (5, 16)),
        ] {
            assert_eq!(found(&ranges, address), Some(expected), "{address}");
        }
    }

    #[test]
    fn of_equal_ranges_the_last_line_counts() {
        let ranges = parse("10.0.0.0\t10.0.0.1\t1\t\tx\n10.0.0.0\t10.0.0.1\t2\t\ty\n").expect("well-formed");
        assert_eq!(found(&ranges, "10.0.0.1"), Some((2, 31)));
    }

    #[test]
    fn a_range_that_is_no_network_has_the_largest_one_within() {
        let ranges = parse("10.0.0.1\t10.0.0.8\t1\t\tx\n").expect("well-formed");
        let lens = [("10.0.0.1", 32), ("10.0.0.2", 31), ("10.0.0.4", 30), ("10.0.0.7", 30), ("10.0.0.8", 32)];
        for (address, len) in lens {
            assert_eq!(found(&ranges, address), Some((1, len)), "{address}");
        }
    }

    #[test]
    fn everything_may_be_one_range() {
        let all = "::\tffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\t1\t\tx\n";
        let ranges = parse(all).expect("well-formed");
        assert_eq!((found(&ranges, "::"), found(&ranges, "ffff::")), (Some((1, 0)), Some((1, 0))));
        assert_eq!(found(&ranges, "1.2.3.4"), Some((1, 0)), "more than all of version 4");
        let ranges = parse("0.0.0.0\t255.255.255.255\t1\t\tx\n").expect("well-formed");
        assert_eq!((found(&ranges, "0.0.0.0"), found(&ranges, "::1")), (Some((1, 0)), None));
    }

    #[test]
    fn a_mapped_address_is_the_one_of_version_4_wherever_it_is_written() {
        let ranges = parse("::ffff:10.0.0.0\t::ffff:10.0.0.255\t1\t\tx\n10.0.0.0\t10.0.0.15\t2\t\tx\n")
            .expect("well-formed");
        assert_eq!(found(&ranges, "10.0.0.200"), Some((1, 24)));
        assert_eq!(found(&ranges, "10.0.0.1"), Some((2, 28)));
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_kept_as_far_as_it_is() {
        let ranges = Ranges::parse(b"10.0.0.0\t10.0.0.0\t1\t\tM\xfcller\n").expect("well-formed");
        let found = ranges.find("10.0.0.0".parse().expect("an address")).expect("it is there");
        assert_eq!(found.organisation, "M\u{fffd}ller");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let problem = |text: &str| parse(text).expect_err(text);
        assert_eq!(problem(""), Problem::Empty);
        assert_eq!(problem("# nothing\n"), Problem::Empty);
        assert_eq!(problem("a\tb\n"), Problem::Columns { line: 1, columns: 2 });
        for odd in [
            "x\t1.1.1.1\t1\t\tx",
            "1.1.1.1\tx\t1\t\tx",
            "1.1.1.1\t::1\t1\t\tx",
            "1.1.1.2\t1.1.1.1\t1\t\tx",
            "1.1.1.1\t1.1.1.1\tAS1\t\tx",
            "1.1.1.1\t1.1.1.1\t4294967296\t\tx",
            "1.1.1.1\t1.1.1.1\t1\t\tx\0",
        ] {
            let text = format!("\n{odd}\n");
            assert!(matches!(problem(text.as_str()), Problem::Value { line: 2, .. }), "{odd:?}");
        }
        let overlap = "1.0.0.0\t1.0.0.9\t1\t\tx\n1.0.0.5\t1.0.0.10\t1\t\tx\n";
        assert_eq!(problem(overlap), Problem::Overlap { line: 2, other: 1 });
    }

    proptest::proptest! {
        #[test]
        fn the_smallest_range_is_found_or_the_text_is_refused(
            ranges in proptest::collection::vec((0_u8..32, 0_u8..8), 1..8),
        ) {
            use std::fmt::Write;
            let mut text = String::new();
            for (index, (first, len)) in ranges.iter().enumerate() {
                writeln!(text, "10.0.0.{first}\t10.0.0.{}\t{index}\t\tx", first + len).expect("memory");
            }
            if let Ok(parsed) = parse(&text) {
                for address in 0_u8..64 {
                    let around = ranges.iter().enumerate().filter(|(_, (first, len))| (*first..=first + len).contains(&address));
                    let smallest = around.min_by_key(|(index, (_, len))| (*len, Reverse(*index))).map(|(index, _)| index);
                    let found = found(&parsed, &format!("10.0.0.{address}")).map(|(asn, _)| asn as usize);
                    proptest::prop_assert_eq!(found, smallest);
                }
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[0-9a-f.:\t\n#]{0,200}", bytes: Vec<u8>) {
            let _ = (parse(&text), Ranges::parse(&bytes));
        }
    }
}
