//! `netipc decode` and `netipc encode`

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};

use crate::args::{Decode, Encode, Input};
use crate::error::Failure;
use crate::json::{self, Problem};
use crate::output;

/// Bytes of a file or of stdin that are taken at most: some times the largest lookup, in hexadecimal digits or JSON.
const MOST: u64 = 512 << 20;

/// Prints the fields.
pub(crate) fn decode(args: &Decode) -> Result<(), Failure> {
    let bytes = match read(&args.bytes)? {
        Text::Here(text) => from_hex(text.as_encoded_bytes())?,
        Text::Read(bytes) if bytes.iter().all(|byte| is_hex(*byte)) => from_hex(&bytes)?,
        Text::Read(bytes) => bytes,
    };
    match json::decode(args.kind, &bytes, &args.options) {
        Ok(fields) => output::json(&fields),
        Err(problem) => Err(failure(problem, args.json)?),
    }
}

/// Prints the bytes.
pub(crate) fn encode(args: &Encode) -> Result<(), Failure> {
    let text = read(&args.fields)?;
    let text = match &text {
        Text::Here(text) => text.as_encoded_bytes(),
        Text::Read(bytes) => bytes,
    };
    match json::encode(args.kind, text, &args.options) {
        Ok(bytes) => output::line(hex::encode(bytes)),
        Err(problem) => Err(failure(problem, args.json)?),
    }
}

/// What is to be reported; a rejection on stdout, if programs want it, is reported here.
fn failure(problem: Problem, json: bool) -> Result<Failure, Failure> {
    Ok(match problem {
        Problem::Usage(sentence) => Failure::Usage(sentence),
        Problem::Rejected(rejection) if json => {
            output::json(&rejection.json())?;
            Failure::Reported
        }
        Problem::Rejected(rejection) => Failure::Failed(rejection.to_string()),
    })
}

/// Input, and whether it stands on the command line.
enum Text<'a> {
    Here(&'a OsStr),
    Read(Vec<u8>),
}

fn read(input: &Input) -> Result<Text<'_>, Failure> {
    let cannot_read =
        |what: &dyn Display, error: &io::Error| Failure::because(format_args!("cannot read {what}"), error);
    match input {
        Input::Here(text) => Ok(Text::Here(text)),
        Input::File(path) => File::open(path)
            .and_then(|file| read_all(file, MOST))
            .map_err(|error| cannot_read(&output::printable(path.as_os_str().as_encoded_bytes()), &error)),
        Input::Stdin => read_all(io::stdin().lock(), MOST).map_err(|error| cannot_read(&"stdin", &error)),
    }
}

fn read_all<'a>(from: impl Read, most: u64) -> io::Result<Text<'a>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {most} bytes")));
    }
    Ok(Text::Read(bytes))
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte.is_ascii_whitespace()
}

/// The bytes that hexadecimal digits say.
fn from_hex(text: &[u8]) -> Result<Vec<u8>, Failure> {
    if let Some(at) = text.iter().position(|byte| !is_hex(*byte)) {
        return Err(Failure::Usage(format!(
            "the bytes are hexadecimal digits, @FILE or -; there is something else at position {at}"
        )));
    }
    let digits: Vec<_> = text.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    hex::decode(&digits)
        .map_err(|_| Failure::Usage(format!("a byte has two hexadecimal digits; these are {}", digits.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_pairs_of_digits_and_space_between_them_is_ignored() {
        for text in ["0aff", "0A FF", " 0 a\nf\tf\r\n"] {
            assert_eq!(from_hex(text.as_bytes()).expect(text), [0x0a, 0xff], "{text}");
        }
        assert!(from_hex(b" \n").expect("nothing").is_empty());
    }

    #[test]
    fn what_is_no_hexadecimal_is_bad_usage_and_is_not_repeated() {
        for (text, part) in
            [("0ag0", "position 2"), ("0x0a", "position 1"), ("é", "position 0"), ("0af", "are 3")]
        {
            let Err(Failure::Usage(sentence)) = from_hex(text.as_bytes()) else { panic!("{text}") };
            assert!(sentence.contains(part) && !sentence.contains(text), "{sentence}");
        }
    }

    #[test]
    fn input_has_a_limit() {
        assert!(read_all(io::repeat(b'0').take(100), 100).is_ok());
        let error = read_all(io::repeat(b'0'), 100).err().expect("it has no end");
        assert!(error.to_string().contains("100 bytes"), "{error}");
    }
}
