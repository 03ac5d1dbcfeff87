//! Keys of lookups, from the command line or from the standard input, one a line.

use std::ffi::OsString;
use std::io::{self, Read};
use std::str::FromStr;

use crate::error::Failure;
use crate::output::printable;

/// Keys on stdin take so many bytes at most, and are so many at most.
const MOST_BYTES: u64 = 64 << 20;
const MOST_KEYS: usize = 1 << 20;

/// Bytes of a path or a name at most: `PATH_MAX`.
const LONGEST: usize = 4_096;

/// Bytes of what is no key that the sentence about it repeats.
const SHOWN: usize = 40;

/// The keys that the lines of stdin stand for. `what` is the word for a key; `parse` tells what one is, if it is one.
///
/// # Errors
/// [`Failure::Usage`] for the first line that is no key, and for more of them than there may be.
pub(super) fn of_stdin<T>(what: &str, parse: impl Fn(&[u8]) -> Option<T>) -> Result<Vec<T>, Failure> {
    of_lines(io::stdin().lock(), (MOST_BYTES, MOST_KEYS), what, parse)
}

/// Those of the command line, or, where there are none or a `-`, those of stdin.
///
/// # Errors
/// As [`of_stdin`].
pub(super) fn given<T>(
    arguments: &[OsString],
    what: &str,
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    if arguments.is_empty() || arguments == ["-"] {
        return of_stdin(what, parse);
    }
    let key = |key: &OsString| {
        parse(key.as_encoded_bytes()).ok_or_else(|| no_key("this", what, key.as_encoded_bytes()))
    };
    arguments.iter().map(key).collect()
}

/// A number, an address: what has a text.
pub(super) fn text<T: FromStr>(key: &[u8]) -> Option<T> {
    str::from_utf8(key).ok()?.trim().parse().ok()
}

/// A path or a name: some bytes, none of them 0.
pub(super) fn name(key: &[u8]) -> Option<&[u8]> {
    (!key.is_empty() && key.len() <= LONGEST && !key.contains(&0)).then_some(key)
}

fn of_lines<T>(
    from: impl Read,
    (most_bytes, most_keys): (u64, usize),
    what: &str,
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let mut text = Vec::new();
    from.take(most_bytes.saturating_add(1))
        .read_to_end(&mut text)
        .map_err(|error| Failure::because("cannot read keys from stdin", &error))?;
    if text.len() as u64 > most_bytes {
        return Err(Failure::Usage(format!("more than {most_bytes} bytes of keys on stdin")));
    }
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut keys = Vec::new();
    for line in text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n') {
        if keys.len() == most_keys {
            return Err(Failure::Usage(format!("more than {most_keys} keys on stdin; ask in parts")));
        }
        let number = keys.len() + 1;
        let line = without_return(line, cfg!(windows));
        let key = parse(line).ok_or_else(|| no_key(&format!("line {number} of stdin"), what, line))?;
        keys.push(key);
    }
    Ok(keys)
}

/// Lines of Windows end with a carriage return too, which elsewhere may be part of a name.
fn without_return(line: &[u8], is_windows: bool) -> &[u8] {
    if is_windows { line.strip_suffix(b"\r").unwrap_or(line) } else { line }
}

/// A sentence that is no longer for a key of a megabyte, and does nothing to a terminal.
fn no_key(place: &str, what: &str, key: &[u8]) -> Failure {
    let shown = printable(&key[..key.len().min(SHOWN)]);
    let more = if key.len() > SHOWN { format!(" ... ({} bytes)", key.len()) } else { String::new() };
    Failure::Usage(format!("{place} is no {what}: \"{shown}\"{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Vec<u8>> {
        of_lines(text, (100, 10), "line", |line| Some(line.to_vec())).expect("every line is one")
    }

    fn sentence<T>(result: Result<Vec<T>, Failure>) -> String {
        match result {
            Err(Failure::Usage(sentence)) => sentence,
            Err(other) => panic!("{other:?}"),
            Ok(keys) => panic!("{} keys", keys.len()),
        }
    }

    #[test]
    fn a_key_is_a_line_and_the_last_one_may_have_no_end() {
        assert_eq!(lines(b"/a\n/b c\n"), [&b"/a"[..], b"/b c"]);
        assert_eq!(lines(b"/a\n/b"), [b"/a", b"/b"]);
        assert_eq!(lines(b"/a\n\n/b\n"), [&b"/a"[..], b"", b"/b"]);
        assert!(lines(b"").is_empty());
        assert_eq!(lines(b"\n"), [b""]);
    }

    #[test]
    fn a_line_of_windows_ends_before_its_carriage_return() {
        assert_eq!(without_return(b"/a\r", true), b"/a");
        assert_eq!(without_return(b"/a", true), b"/a");
        assert_eq!(without_return(b"/a\r", false), b"/a\r", "elsewhere it is a name's");
    }

    #[test]
    fn more_than_may_be_is_refused() {
        let read = |from: &mut dyn Read, most| of_lines(from, most, "number", text::<u8>);
        assert!(read(&mut &b"1\n2\n3\n"[..], (6, 3)).is_ok());
        assert!(sentence(read(&mut io::repeat(b'1'), (100, 3))).contains("100 bytes"));
        assert!(sentence(read(&mut &b"1\n2\n3\n4"[..], (7, 3))).contains("more than 3 keys"));
    }

    #[test]
    fn a_number_may_have_space_around_it() {
        assert_eq!(
            of_lines(&b"1\n 22 \n4294967295\n"[..], (100, 3), "process ID", text::<u32>).expect("numbers"),
            [1, 22, u32::MAX]
        );
    }

    #[test]
    fn a_line_that_is_no_number_is_named() {
        for bad in [&b"1\nx\x1b[2J"[..], b"1\n-1", b"1\n4294967296", b"1\n\n", b"1\n\xff"] {
            let sentence = sentence(of_lines(bad, (100, 9), "process ID", text::<u32>));
            assert!(sentence.starts_with("line 2 of stdin is no process ID"), "{sentence}");
            assert!(!sentence.contains('\x1b'), "{sentence}");
        }
    }

    #[test]
    fn a_name_has_bytes_and_none_of_them_is_0() {
        assert_eq!(name(b"/a b\xff"), Some(&b"/a b\xff"[..]));
        assert_eq!((name(b""), name(b"/a\0")), (None, None));
        assert!(name(&[b'x'; LONGEST]).is_some() && name(&[b'x'; LONGEST + 1]).is_none());
    }

    #[test]
    fn a_long_key_is_not_repeated() {
        let sentence = sentence(given(&["x".repeat(1 << 20).into()], "name", |key| name(key).map(drop)));
        assert!(sentence.len() < 200 && sentence.ends_with("xx\" ... (1048576 bytes)"), "{sentence}");
    }
}
