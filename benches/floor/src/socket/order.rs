//! What the caller tells the answering side.

use std::io;

use crate::Waiting;

/// Bytes of an order: shorter than any packet that is exchanged.
pub(super) const ORDER_LEN: usize = 8;

/// How the answering side answers, until the next order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// How both sides wait.
    pub waiting: Waiting,
    /// Bytes of each response; `None`: as many as its request has.
    pub response: Option<usize>,
    /// Whether it takes all requests that are there before it answers any, and then answers with one system call where the
    /// OS has one for that.
    pub draining: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { waiting: Waiting::Blocking, response: None, draining: false }
    }
}

impl Order {
    pub(super) fn encode(self) -> io::Result<[u8; ORDER_LEN]> {
        let response = u32::try_from(self.response.unwrap_or(0)).map_err(io::Error::other)?;
        let mut order = [0; ORDER_LEN];
        order[0] = u8::from(self.waiting == Waiting::Spinning);
        order[1] = u8::from(self.draining);
        order[4..].copy_from_slice(&response.to_ne_bytes());
        Ok(order)
    }

    pub(super) fn decode(bytes: &[u8]) -> io::Result<Self> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let [spinning @ (0 | 1), draining @ (0 | 1), 0, 0, response @ ..] =
            *bytes.first_chunk::<ORDER_LEN>().ok_or_else(invalid)?
        else {
            return Err(invalid());
        };
        Ok(Self {
            waiting: if spinning == 1 { Waiting::Spinning } else { Waiting::Blocking },
            response: match u32::from_ne_bytes(response) {
                0 => None,
                len => Some(len as usize),
            },
            draining: draining == 1,
        })
    }

    pub(super) fn answer_len(self, request: usize) -> usize {
        self.response.unwrap_or(request)
    }
}
