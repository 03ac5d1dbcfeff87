//! Views as text.

use core::fmt;

use crate::{Items, Rows, WireMessage, WireRow};

/// Writes `name=value name=value`.
#[allow(missing_debug_implementations, reason = "it lives for one call of `fmt`")]
pub struct Fields<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    result: fmt::Result,
    empty: bool,
}

impl<'a, 'f> Fields<'a, 'f> {
    /// No field yet.
    pub fn new(f: &'a mut fmt::Formatter<'f>) -> Self {
        Self { f, result: Ok(()), empty: true }
    }

    /// One more field.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl fmt::Display) -> Self {
        let gap = if self.empty { "" } else { " " };
        self.result = self.result.and_then(|()| write!(self.f, "{gap}{name}={value}"));
        self.empty = false;
        self
    }

    /// All fields are there.
    ///
    /// # Errors
    /// Where the text could not be written.
    pub fn finish(self) -> fmt::Result {
        self.result
    }
}

/// `[{…}, {…}]`
fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = T>) -> fmt::Result {
    f.write_str("[")?;
    for (index, item) in items.enumerate() {
        let gap = if index == 0 { "" } else { ", " };
        write!(f, "{gap}{{{item}}}")?;
    }
    f.write_str("]")
}

impl<'a, T: WireMessage> fmt::Display for Items<'a, T>
where
    T::View<'a>: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, self.iter())
    }
}

impl<'a, T: WireRow> fmt::Display for Rows<'a, T>
where
    T::View<'a>: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, self.iter())
    }
}
