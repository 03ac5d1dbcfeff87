//! Why a handler has given no response.

use std::any::Any;
use std::error::Error;

use netipc_codec::EncodeError;
use thiserror::Error;

/// Why a handler has given no response, where that is not for lack of room. The client is told INTERNAL_ERROR.
#[derive(Debug, Error)]
pub(super) enum HandlerFailure {
    /// It said so.
    #[error("the handler failed")]
    Handler(#[source] Box<dyn Error + Send + Sync>),
    /// What it has built is no response to this request.
    #[error("the handler built no valid response")]
    Response(#[source] EncodeError),
    /// There is no memory for its response.
    #[error("there is no memory for a response of {bytes} bytes")]
    OutOfMemory {
        /// Bytes that it may have.
        bytes: usize,
    },
    /// It panicked, with these words.
    #[error("the handler panicked: {0}")]
    Panic(String),
}

impl HandlerFailure {
    /// Of a panic with this payload.
    pub(super) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::Panic(text.unwrap_or("it did not say why").to_owned())
    }
}

/// An error in one line, with all that it stems from.
pub(super) fn in_one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_with_all_that_it_stems_from() {
        let failure = HandlerFailure::Handler("no database".into());
        assert_eq!(in_one_line(&failure), "the handler failed: no database");
        let failure = HandlerFailure::Response(EncodeError::WrongEcho { index: 3 });
        assert_eq!(in_one_line(&failure), "the handler built no valid response: item 3 does not echo key 3");
    }

    #[test]
    fn a_panic_is_told_in_its_own_words() {
        let told = |payload: Box<dyn Any + Send>| HandlerFailure::panicked(&*payload).to_string();
        assert_eq!(told(Box::new("a text")), "the handler panicked: a text");
        assert_eq!(told(Box::new(String::from("a string"))), "the handler panicked: a string");
        assert_eq!(told(Box::new(7)), "the handler panicked: it did not say why");
    }
}
