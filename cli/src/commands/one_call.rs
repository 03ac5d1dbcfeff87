//! Calling once: a client that connects, calls and is gone.

use netipc::codec::{Answers, LookupItem, LookupResponse, MethodMessage};
use netipc::{CallError, Client, Deadline, Encode, Endpoint, LookupError};

use super::connection::{Most, caller, connect, why};
use super::whole::Whole;
use crate::args::Call;
use crate::error::Failure;
use crate::progress::Progress;

/// Keys of one of the library's calls. A lookup of more takes several, between which it can be seen how far it is.
const PART: usize = 8_192;

/// Bytes of the items of a lookup that are kept at most.
const MOST_BYTES: usize = 256 << 20;

/// How often a lookup is made, while there is time, where the provider's knowledge changes in the middle of it.
const ATTEMPTS: usize = 10;

type KeyOf<Resp> = <<Resp as LookupResponse>::Item as LookupItem>::Key;

/// A client for one call, and the time until which it must be over.
pub(super) struct OneCall<Req: MethodMessage, Resp: Answers<Req>> {
    client: Client<Req, Resp>,
    deadline: Deadline,
}

/// A client that is not connected yet.
pub(super) fn client<Req: MethodMessage, Resp: Answers<Req>>(
    args: &Call,
    contract_name: &str,
    most: Most,
) -> Result<OneCall<Req, Resp>, Failure> {
    let (endpoint, config) = caller(&args.caller, contract_name, most, args.timeout)?;
    Ok(OneCall { client: Client::new(endpoint, config), deadline: Deadline::after(args.timeout) })
}

impl<Req: MethodMessage, Resp: Answers<Req>> OneCall<Req, Resp> {
    /// Calls.
    pub(super) fn call(&mut self, request: impl Encode<Message = Req>) -> Result<Resp::View<'_>, Failure> {
        connect(&mut self.client)?;
        let endpoint = self.client.endpoint().clone();
        self.client.call_until(request, self.deadline).map_err(|error| failed(&endpoint, &error))
    }

    /// Looks keys up, any number of them, and gives one response with an item for each. All items are of one
    /// generation: where that changes before the last of them has come, all are asked for again.
    pub(super) fn look_up<K>(&mut self, keys: &[K]) -> Result<Resp, Failure>
    where
        Resp: Whole + LookupResponse<Request = Req>,
        K: Encode<Message = KeyOf<Resp>>,
    {
        connect(&mut self.client)?;
        let endpoint = self.client.endpoint().clone();
        let progress = Progress::of(if keys.len() > PART { keys.len() } else { 0 }, "looking up");
        let mut changes = 0;
        while changes < ATTEMPTS {
            match self.try_look_up(keys, &progress) {
                Ok(found) => return Ok(found),
                Err(Unanswered::Changed) => {
                    changes += 1;
                    progress.start_over();
                }
                // What took the time is worth more than that it is over.
                Err(Unanswered::Failed(CallError::TimedOut)) if changes > 0 => break,
                Err(Unanswered::TooLarge) => {
                    return Err(Failure::Failed(format!(
                        "the items of {endpoint} have more than {MOST_BYTES} bytes together; ask in parts"
                    )));
                }
                Err(Unanswered::Failed(error)) => return Err(failed(&endpoint, &error)),
            }
        }
        Err(Failure::Failed(format!(
            "calling {endpoint} failed: the generation changed while the answers came, {changes} times in a row"
        )))
    }

    fn try_look_up<K>(&mut self, keys: &[K], progress: &Progress) -> Result<Resp, Unanswered>
    where
        Resp: Whole + LookupResponse<Request = Req>,
        K: Encode<Message = KeyOf<Resp>>,
    {
        let mut parts = keys.chunks(PART);
        // Without any key the generation is still to be learned.
        let first = parts.next().unwrap_or_default();
        let mut whole = self.part(first)?;
        let mut bytes = whole.encoded_len();
        progress.advance(first.len());
        for keys in parts {
            let part = self.part(keys)?;
            if part.generation() != whole.generation() {
                return Err(Unanswered::Changed);
            }
            bytes += part.encoded_len();
            if bytes > MOST_BYTES {
                return Err(Unanswered::TooLarge);
            }
            whole.add(part);
            progress.advance(keys.len());
        }
        Ok(whole)
    }

    fn part<K>(&mut self, keys: &[K]) -> Result<Resp, Unanswered>
    where
        Resp: Whole + LookupResponse<Request = Req>,
        K: Encode<Message = KeyOf<Resp>>,
    {
        match self.client.call_lookup_until(keys, self.deadline) {
            Ok(found) => Ok(Resp::owned(found)),
            Err(CallError::Lookup(LookupError::GenerationChanged { .. })) => Err(Unanswered::Changed),
            Err(error) => Err(Unanswered::Failed(error)),
        }
    }
}

/// Why a lookup has no answer.
enum Unanswered {
    /// The provider's knowledge has changed in the middle.
    Changed,
    /// The items together are more than is kept.
    TooLarge,
    Failed(CallError),
}

fn failed(endpoint: &Endpoint, error: &CallError) -> Failure {
    Failure::Failed(format!("calling {endpoint} failed: {}", why(error)))
}
