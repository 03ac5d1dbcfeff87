//! Values of options, from text.

use std::ffi::OsStr;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command};

/// Parses a token: decimal, or hexadecimal behind `0x`. Unlike clap's own message, this one's error does not repeat
/// the text, which may be a secret with a slip of the finger.
#[derive(Clone)]
pub(super) struct TokenParser;

impl TypedValueParser for TokenParser {
    type Value = u64;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, text: &OsStr) -> Result<u64, clap::Error> {
        const MESSAGE: &str =
            "--auth-token, or NETIPC_AUTH_TOKEN, has to be a number from 0 to 2^64 - 1, decimal or 0x...\n";
        text.to_str()
            .and_then(token)
            .ok_or_else(|| clap::Error::raw(ErrorKind::ValueValidation, MESSAGE).with_cmd(command))
    }
}

/// Parses the path of a directory. Unlike clap's own message, that of this one names the variable, which is where an empty
/// path comes from.
#[derive(Clone)]
pub(super) struct DirectoryParser;

impl TypedValueParser for DirectoryParser {
    type Value = PathBuf;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, text: &OsStr) -> Result<PathBuf, clap::Error> {
        const MESSAGE: &str =
            "--run-dir, or NETIPC_RUN_DIR, is empty; it has to be the path of a directory\n";
        if text.is_empty() {
            return Err(clap::Error::raw(ErrorKind::ValueValidation, MESSAGE).with_cmd(command));
        }
        Ok(text.into())
    }
}

/// Parses a number of a range. Unlike that of clap's own parser, its error says which.
pub(super) fn number<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: Copy + Display + FromStr + PartialOrd + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("it has to be a number from {} to {}", range.start(), range.end()))
    }
}

fn token(text: &str) -> Option<u64> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = hexadecimal.map_or((text, 10), |digits| (digits, 16));
    // The standard parser takes a sign, which no token has.
    if digits.starts_with('+') { None } else { u64::from_str_radix(digits, radix).ok() }
}

/// A length of time: a number and `ms`, `s` or `m`; without a unit, seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        _ => {
            return Err(format!("`{unit}` is no unit of time; use ms, s or m, as in 500ms or 30s"));
        }
    };
    let number: f64 = number
        .parse()
        .map_err(|_| "a length of time is a number and a unit, as in 500ms or 30s".to_owned())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| "this length of time is too long".to_owned())
}

/// Like [`duration`], but longer than nothing.
pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("a time limit has to be longer than 0".to_owned()),
        limit => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_decimal_or_hexadecimal() {
        assert_eq!(token("0"), Some(0));
        assert_eq!(token("1234"), Some(1234));
        assert_eq!(token("0x4d2"), Some(1234));
        assert_eq!(token("0XFFFFFFFFFFFFFFFF"), Some(u64::MAX));
        assert_eq!(token("18446744073709551615"), Some(u64::MAX));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for odd in
            ["", "0x", "-1", "+1", "0x+1", "0x-1", "12g", "18446744073709551616", "0x10000000000000000", " 1"]
        {
            assert_eq!(token(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_is_no_number_of_the_range_is_told_the_range() {
        let parse = number(1..=100_u32);
        assert_eq!((parse("1"), parse("100")), (Ok(1), Ok(100)));
        for odd in ["", "0", "101", "-1", "abc", "99999999999999999999"] {
            assert_eq!(parse(odd), Err("it has to be a number from 1 to 100".to_owned()), "{odd}");
        }
    }

    #[test]
    fn a_plain_number_is_seconds() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
    }

    #[test]
    fn units_are_milliseconds_seconds_and_minutes() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for odd in ["", "s", "-1", "-1s", "+1", "1h", "1 s", "1.2.3", "nan", "inf", "1e3", ".", "1sx", "٣"] {
            assert!(duration(odd).is_err(), "{odd}");
        }
        assert!(duration(&"9".repeat(40)).is_err());
        assert!(duration(&"9".repeat(400)).is_err());
    }

    #[test]
    fn a_time_limit_is_not_zero() {
        assert!(timeout("0").is_err());
        assert!(timeout("0ms").is_err());
        assert_eq!(timeout("1ms"), Ok(Duration::from_millis(1)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_without_a_panic(text: String, numbers in "[0-9.]{0,30}[a-z]{0,3}") {
            for text in [&text, &numbers] {
                let _ = (token(text), duration(text), timeout(text));
            }
        }

        #[test]
        fn every_token_can_be_written_both_ways(value: u64) {
            proptest::prop_assert_eq!(token(&value.to_string()), Some(value));
            proptest::prop_assert_eq!(token(&format!("{value:#x}")), Some(value));
        }
    }
}
