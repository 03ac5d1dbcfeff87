//! Inputs for `cargo test`: a target's corpus, and mutations of it that are the same every time.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use bolero::TypeGenerator;
use bolero::generator::bolero_generator::driver::{ByteSliceDriver, Options};
use fastrand::Rng;

/// How many mutations a target gets: a second or less without optimization.
const MUTATIONS: usize = 10_000;

/// No input of a mutation is longer.
const MAX_LEN: usize = 4_096;

/// Numbers at which offsets, lengths and counts go wrong.
const EDGES: [u32; 12] =
    [0, 1, 7, 8, 16, 31, 32, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_fffe, u32::MAX];

/// Gives `check` the corpus of the target, and mutations of it.
///
/// # Panics
/// As `check` does, and where the target has no corpus.
pub fn bytes(target: &str, check: impl Fn(&[u8])) {
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "{target} has no corpus in {}", directory(target).display());
    let mut rng = Rng::with_seed(0x6e69_7063);
    for input in &corpus {
        watched(input, &check);
    }
    for _ in 0..MUTATIONS {
        watched(&mutation(&corpus, &mut rng), &check);
    }
}

/// Gives `check` the values that the corpus of the target, and mutations of it, stand for.
///
/// # Panics
/// As `check` does, and where the target has no corpus.
pub fn values<T: TypeGenerator>(target: &str, check: impl Fn(&T)) {
    bytes(target, |input| {
        let options = Options::default();
        if let Some(value) = T::generate(&mut ByteSliceDriver::new(input, &options)) {
            check(&value);
        }
    });
}

fn directory(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(target).join("corpus")
}

/// All inputs, in an order that does not depend on the file system.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(directory(target)).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = files.map(|file| file.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

/// An input of the corpus, changed in one to four places.
fn mutation(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut input = corpus.get(rng.usize(..corpus.len())).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(..=input.len());
        match rng.u8(..7) {
            0 => input.truncate(at),
            1 => input.extend((0..rng.usize(..64)).map(|_| rng.u8(..))),
            2 => overwrite(&mut input, at, &[rng.u8(..)]),
            3 => overwrite(&mut input, at & !3, &rng.choice(EDGES).unwrap_or_default().to_ne_bytes()),
            // Numbers within the input are what offsets are made of.
            4 => overwrite(&mut input, at & !3, &rng.u32(..128).to_ne_bytes()),
            5 => {
                input.splice(at..at, (0..rng.usize(..16)).map(|_| rng.u8(..)));
            }
            _ => {
                let other = corpus.get(rng.usize(..corpus.len())).map_or(&[][..], Vec::as_slice);
                let from = rng.usize(..=other.len());
                input.splice(at.., other.iter().skip(from).copied());
            }
        }
    }
    input.truncate(MAX_LEN);
    input
}

fn overwrite(input: &mut [u8], at: usize, with: &[u8]) {
    for (byte, new) in input.iter_mut().skip(at).zip(with) {
        *byte = *new;
    }
}

/// Runs `check`, and shows the input if it panics.
fn watched(input: &[u8], check: &impl Fn(&[u8])) {
    struct Shown<'a>(&'a [u8]);

    impl Drop for Shown<'_> {
        fn drop(&mut self) {
            if thread::panicking() {
                let mut hex = String::new();
                for byte in self.0 {
                    // Writing to a String does not fail.
                    let _ = write!(hex, "{byte:02x}");
                }
                eprintln!("the input, {} bytes: {hex}", self.0.len());
            }
        }
    }

    let shown = Shown(input);
    check(input);
    drop(shown);
}
