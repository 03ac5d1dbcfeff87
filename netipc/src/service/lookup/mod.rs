//! Lookups: cutting a list of keys into requests, and stitching one response of their items. No I/O: a state machine
//! over payloads, which the client drives.
//!
//! Contract: `docs/contract/service.md`, "Lookups"; `docs/contract/messages.md`, "Lookup outcomes that the library
//! itself produces".

mod answer;
mod cut;
mod error;
mod estimate;
mod keys;
mod stitch;

#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use netipc_codec::{Encode, Encoded, LookupItem, LookupResponse, Marker, WireMessage};

use answer::Answer;
pub use error::LookupError;
use estimate::Estimate;
use keys::Keys;
use stitch::Stitched;

/// The key of a lookup's items.
pub(crate) type KeyOf<Resp> = <<Resp as LookupResponse>::Item as LookupItem>::Key;

/// What a session allows at the moment, in bytes of payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) request: usize,
    pub(crate) response: usize,
}

/// What one call may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ceilings {
    pub(crate) keys: usize,
    pub(crate) messages: usize,
    pub(crate) stitched_bytes: usize,
}

/// What is kept from call to call: buffers, and how large items turned out to be.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    keys: Keys,
    /// The keys of the request, by their position in the call.
    asked: Vec<usize>,
    request: Vec<u8>,
    stitched: Stitched,
    estimate: Estimate,
}

impl Memory {
    /// The payload that the last call has stitched.
    pub(crate) fn stitched(&self) -> &[u8] {
        self.stitched.payload()
    }
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// Send this request, and give its response to [`Lookup::take`].
    Send(&'a [u8]),
    /// The response that came last is the answer, as it is.
    Whole,
    /// The answer is [`Memory::stitched`].
    Stitched,
}

/// One lookup call.
#[derive(Debug)]
pub(crate) struct Lookup<'m, Resp> {
    memory: &'m mut Memory,
    ceilings: Ceilings,
    /// Keys before this one have their items, but for the one that is asked for alone.
    cursor: usize,
    /// Where the keys of the current request end; those between that are not in it are too long for any.
    end: usize,
    /// A key that was OVERSIZED_ITEM in first place, and whether it is the current request.
    alone: Option<usize>,
    asking_alone: bool,
    /// The next request has no more keys than this.
    most_keys: usize,
    messages: usize,
    /// The response limit does not grow any more in this call.
    grown_up: bool,
    whole: bool,
    response: PhantomData<fn() -> Resp>,
}

impl<'m, Resp: LookupResponse> Lookup<'m, Resp> {
    /// Begins a call with these keys.
    pub(crate) fn new<K>(memory: &'m mut Memory, keys: &[K], ceilings: Ceilings) -> Result<Self, LookupError>
    where
        K: Encode<Message = KeyOf<Resp>>,
    {
        if keys.len() > ceilings.keys {
            return Err(LookupError::TooManyKeys { keys: keys.len(), limit: ceilings.keys });
        }
        memory.keys.encode(keys)?;
        memory.stitched.clear();
        Ok(Self {
            memory,
            ceilings,
            cursor: 0,
            end: 0,
            alone: None,
            asking_alone: false,
            most_keys: usize::MAX,
            messages: 0,
            grown_up: false,
            whole: false,
            response: PhantomData,
        })
    }

    /// What is to be done next, with a session of these limits.
    pub(crate) fn next(&mut self, limits: Limits) -> Result<Step<'_>, LookupError> {
        if self.whole {
            return Ok(Step::Whole);
        }
        self.cut(limits)?;
        // Without any key the generation is still to be learned.
        if self.memory.asked.is_empty() && self.messages > 0 {
            return Ok(Step::Stitched);
        }
        if self.messages >= self.ceilings.messages {
            return Err(LookupError::TooManyMessages { limit: self.ceilings.messages });
        }
        let Memory { keys, asked, request, .. } = &mut *self.memory;
        let len = cut::request_len::<Resp>(asked.iter().map(|index| keys.get(*index).len()));
        if request.len() < len {
            request.resize(len, 0);
        }
        let encoded = asked.iter().map(|index| Encoded::<KeyOf<Resp>>::new(keys.get(*index)));
        let len = Resp::request(request, encoded).map_err(|source| LookupError::Request { source })?;
        Ok(Step::Send(self.memory.request.get(..len).unwrap_or_default()))
    }

    /// Takes the response to the request; its payload has been checked as a message.
    pub(crate) fn take(&mut self, response: &[u8]) -> Result<(), LookupError> {
        let answer = Answer::<Resp>::check(response, &self.memory.keys, &self.memory.asked)?;
        self.messages += 1;
        if self.asking_alone {
            return self.take_alone(&answer);
        }
        let asked = self.memory.asked.len();
        if answer.fitted == 0 && asked > 0 {
            self.keep_header(response)?;
            let index = self.memory.asked.first().copied().unwrap_or_default();
            return if self.halve() { Ok(()) } else { Err(LookupError::NoProgress { index }) };
        }
        let oversized_first = asked > 1 && answer.first == Some(Marker::OversizedItem);
        let everything = asked == self.memory.keys.len() && answer.fitted == asked;
        if everything && !oversized_first && !self.memory.stitched.has_begun() {
            self.whole = true;
        } else {
            self.keep_header(response)?;
            for (place, item) in self.memory.asked.iter().zip(answer.items()) {
                self.memory.stitched.put(*place, item, self.ceilings.stitched_bytes)?;
            }
        }
        if oversized_first {
            self.alone = self.memory.asked.first().copied();
        }
        self.cursor = match self.memory.asked.get(answer.fitted) {
            // The first that did not fit.
            Some(next) => *next,
            None => self.end,
        };
        self.memory.estimate.learn(answer.extra, answer.measured);
        // Whatever comes next, no more is sent for nothing than has come this time.
        self.most_keys = answer.fitted.saturating_mul(2).max(1);
        Ok(())
    }

    fn take_alone(&mut self, answer: &Answer<'_, Resp>) -> Result<(), LookupError> {
        let index = self.alone.take().unwrap_or_default();
        self.keep_header(answer.response)?;
        match answer.first {
            // What stands there already.
            Some(Marker::OversizedItem) => Ok(()),
            Some(Marker::PayloadExceeded) => Err(LookupError::NoProgress { index }),
            None => answer.items().next().map_or(Ok(()), |item| {
                self.memory.stitched.replace(index, item, self.ceilings.stitched_bytes)
            }),
        }
    }

    /// The response limit did not grow and even the markers are too much: asks for fewer keys. `false` if there was
    /// only one.
    pub(crate) fn halve(&mut self) -> bool {
        let asked = self.memory.asked.len();
        self.most_keys = (asked / 2).max(1);
        asked > 1
    }

    /// The response limit does not grow any more.
    pub(crate) const fn stop_growing(&mut self) {
        self.grown_up = true;
    }

    /// The response limit does not grow and there is only one key in the request: if that is because its marker is too
    /// long for any response, the key is done. `false` if it is not.
    pub(crate) fn give_up(&mut self, limits: Limits) -> Result<bool, LookupError> {
        let &[index] = &self.memory.asked[..] else { return Ok(false) };
        if cut::marker_fits::<Resp>(self.memory.keys.get(index), limits.response) {
            return Ok(false);
        }
        self.alone = self.alone.take().filter(|alone| *alone != index);
        self.mark_oversized(index)?;
        self.cursor = self.cursor.max(index + 1);
        Ok(true)
    }

    /// The marker that stands for a key that is not sent.
    fn mark_oversized(&mut self, index: usize) -> Result<(), LookupError> {
        let Memory { keys, stitched, request, .. } = &mut *self.memory;
        stitched.begin::<Resp>(keys.len(), self.ceilings.stitched_bytes)?;
        if stitched.has(index) {
            return Ok(());
        }
        let key = KeyOf::<Resp>::view(keys.get(index));
        let marker = Resp::Item::marker(key, Marker::OversizedItem);
        let len = marker.encoded_len();
        if request.len() < len {
            request.resize(len, 0);
        }
        let len = marker.encode(request).map_err(|source| LookupError::Request { source })?;
        stitched.put(index, request.get(..len).unwrap_or_default(), self.ceilings.stitched_bytes)
    }

    /// The header of the first response stands for all, and all have to be the same.
    fn keep_header(&mut self, response: &[u8]) -> Result<(), LookupError> {
        let Memory { keys, stitched, .. } = &mut *self.memory;
        stitched.begin::<Resp>(keys.len(), self.ceilings.stitched_bytes)?;
        stitched.keep_header::<Resp>(response)
    }
}
