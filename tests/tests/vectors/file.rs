//! The files of vectors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use netipc::codec::Class;
use serde_json::Value;

use crate::counts::COVERED;

/// One vector.
pub(crate) struct Vector(Value);

impl Vector {
    pub(crate) fn name(&self) -> &str {
        self.0["name"].as_str().expect("every vector has a name")
    }

    pub(crate) fn kind(&self) -> &str {
        self.0["kind"].as_str().expect("an odd vector has a kind")
    }

    pub(crate) fn fields(&self) -> &Value {
        &self.0["fields"]
    }

    pub(crate) fn field(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// The wire bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        bytes(&self.0["hex"])
    }

    /// A number that the bytes alone do not tell.
    pub(crate) fn param(&self, name: &str) -> u32 {
        number(&self.0["params"], name)
    }

    /// The class with which the bytes are rejected; `None` if they are accepted.
    fn rejection(&self) -> Option<&str> {
        // Where the contract speaks against the implementation that made the vectors (vectors/README.md).
        if (self.kind(), self.name()) == ("hello", "flags_1") {
            return Some("bad layout");
        }
        match self.0["expect"].as_str() {
            Some("accept") => None,
            Some("reject") => Some(self.0["error"].as_str().expect("a rejection has a class")),
            other => panic!("{}: `expect` is {other:?}", self.name()),
        }
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The names of all files, without `.json`.
pub(crate) fn names() -> BTreeSet<String> {
    let files = fs::read_dir(directory()).expect("the directory of the vectors");
    let paths = files.map(|file| file.expect("an entry of that directory").path());
    let json = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned()).collect()
}

/// All vectors of a file.
pub(crate) fn read(name: &str) -> Vec<Vector> {
    let path = directory().join(name).with_extension("json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    match file["vectors"].take() {
        Value::Array(vectors) => vectors.into_iter().map(Vector).collect(),
        _ => panic!("{} has no `vectors`", path.display()),
    }
}

/// Gives each golden vector of a kind to `check`, and makes sure that these are all.
pub(crate) fn golden(kind: &str, mut check: impl FnMut(&Vector)) {
    let vectors = read(kind);
    let count = COVERED.iter().find(|count| count.kind == kind).expect("a kind that is covered");
    assert_eq!(vectors.len(), count.golden);
    for vector in &vectors {
        println!("{kind} {}", vector.name());
        check(vector);
    }
}

/// Lets `decode` read each odd vector of a kind: rejected with the class that stands there, or accepted.
pub(crate) fn odd(kind: &str, mut decode: impl FnMut(&Vector, &[u8]) -> Result<(), Class>) {
    odd_by_name(kind, |vector, bytes| decode(vector, bytes).map_err(Class::name));
}

/// The same where a rejection is more than a class.
pub(crate) fn odd_by_name(kind: &str, mut decode: impl FnMut(&Vector, &[u8]) -> Result<(), &'static str>) {
    let mut vectors = read("odd");
    vectors.retain(|vector| vector.kind() == kind);
    let count = COVERED.iter().find(|count| count.kind == kind).expect("a kind that is covered");
    assert_eq!(vectors.len(), count.odd);
    for vector in &vectors {
        let rejection = decode(vector, &vector.bytes()).err();
        assert_eq!(rejection, vector.rejection(), "{kind} {}", vector.name());
    }
}

/// Hexadecimal text.
pub(crate) fn bytes(text: &Value) -> Vec<u8> {
    hex::decode(text.as_str().expect("bytes are a string")).expect("pairs of hexadecimal digits")
}

/// An integer field.
pub(crate) fn number<T: TryFrom<u64>>(fields: &Value, name: &str) -> T {
    let number = fields[name].as_u64().unwrap_or_else(|| panic!("no number `{name}` in {fields}"));
    T::try_from(number).ok().unwrap_or_else(|| panic!("`{name}` is out of range: {number}"))
}

/// A string field: text, or `{"hex": …}` where it is no UTF-8.
pub(crate) fn string(fields: &Value, name: &str) -> Vec<u8> {
    match &fields[name] {
        Value::String(text) => text.clone().into_bytes(),
        other => bytes(&other["hex"]),
    }
}

/// A string as a vector shows it.
pub(crate) fn shown(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => serde_json::json!({ "hex": hex::encode(bytes) }),
    }
}
