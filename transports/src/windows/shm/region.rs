//! A region that is mapped: its words, its areas and its events.
//!
//! Contract: `docs/contract/windows.md`, "Shared memory".

use std::io;
use std::os::windows::io::OwnedHandle;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;

use super::header::{CONSTANTS, HEADER_LEN, Header, LAYOUT, at};
use super::name::Names;
use crate::shm::{Announced, Direction, Geometry, Sequence};
use crate::windows::sys::{Bell, Section, SecurityDescriptor, code};
use crate::{Agreed, AttachError, CreateError, Endpoint, Profiles};

/// What a server asks of receivers.
const SPIN_TRIES: u32 = 1_024;

/// A region, mapped into this process.
#[derive(Debug)]
pub(crate) struct Region {
    section: Section<HEADER_LEN>,
    header: Header,
    bells: Option<Bells>,
    /// Receivers wait for their bells; otherwise they never wait.
    is_hybrid: bool,
}

/// What keeps the names of a region that is not mapped any more.
pub(super) struct Remains {
    _section: OwnedHandle,
    _bells: Option<Bells>,
}

/// What the receiver of each direction waits for.
#[derive(Debug)]
struct Bells {
    request: Bell,
    response: Bell,
}

impl Region {
    /// Makes the region of a session, and its events. What has a name of theirs already is left alone, and an error.
    pub(super) fn create(endpoint: &Endpoint, auth_token: u64, agreed: &Agreed) -> Result<Self, CreateError> {
        let (request, response) = (agreed.max_request_payload_bytes, agreed.max_response_payload_bytes);
        let too_large = CreateError::TooLarge { request, response };
        let geometry = Geometry::for_limits(LAYOUT, request, response).ok_or(too_large)?;
        let names = Names::new(endpoint, auth_token, agreed);
        let path = PathBuf::from(names.mapping());
        let failed = |step| {
            let path = path.clone();
            move |source: io::Error| CreateError::Io { path, step, source }
        };
        let in_use = |name: String| CreateError::InUse { path: name.into() };
        let security = SecurityDescriptor::new().map_err(failed("security descriptor"))?;
        let section = Section::create(&names.mapping(), geometry.len(), &security)
            .map_err(failed("CreateFileMapping"))?
            .ok_or_else(|| in_use(names.mapping()))?;
        let bell = |name: String| {
            let made = Bell::create(&name, &security).map_err(failed("CreateEvent"))?;
            made.ok_or_else(|| in_use(name))
        };
        // A client may open them in either profile, so that they are there in both.
        let bells = Bells { request: bell(names.request_event())?, response: bell(names.response_event())? };
        let header = Header { geometry, spin_tries: SPIN_TRIES };
        // The magic last: before it is there, nobody takes it for a region.
        for (word, value) in constants(&section).iter().zip(header.encode(agreed.profile)).rev() {
            word.store(value, Ordering::Release);
        }
        Ok(Self { section, header, bells: Some(bells), is_hybrid: agreed.profile == Profiles::SHM_HYBRID })
    }

    /// Attaches to the region of a session.
    pub(super) fn attach(endpoint: &Endpoint, auth_token: u64, agreed: &Agreed) -> Result<Self, AttachError> {
        let names = Names::new(endpoint, auth_token, agreed);
        let failed = |name: String| {
            move |source: io::Error| match code(&source) {
                ERROR_FILE_NOT_FOUND => AttachError::Missing { path: name.into() },
                _ => AttachError::Io { path: name.into(), source },
            }
        };
        let fault = |fault| AttachError::Fault { path: names.mapping().into(), fault };
        let section = Section::open(&names.mapping()).map_err(failed(names.mapping()))?;
        let mapped = section.len() as u64;
        // Read once, checked once.
        let words = constants(&section).map(|word| word.load(Ordering::Acquire));
        let header = Header::decode(words, agreed.profile, mapped).map_err(fault)?;
        let is_hybrid = agreed.profile == Profiles::SHM_HYBRID;
        let bells = if is_hybrid {
            let bell = |name: String| Bell::open(&name).map_err(failed(name));
            Some(Bells { request: bell(names.request_event())?, response: bell(names.response_event())? })
        } else {
            None
        };
        Ok(Self { section, header, bells, is_hybrid })
    }

    /// Unmaps it. Its names are taken for as long as what this gives lives.
    pub(super) fn unmap(self) -> Remains {
        Remains { _section: self.section.unmap(), _bells: self.bells }
    }

    #[inline]
    pub(super) fn section(&self) -> &Section<HEADER_LEN> {
        &self.section
    }

    #[inline]
    pub(super) fn geometry(&self) -> &Geometry {
        &self.header.geometry
    }

    /// How often the server asks to look before waiting. It is the server's word, and any number.
    pub(super) fn spin_tries(&self) -> u32 {
        self.header.spin_tries
    }

    #[cfg(test)]
    pub(super) fn set_spin_tries(&self, tries: u32) {
        self.section.word32::<32>().store(tries, Ordering::Release);
    }

    /// What the receiver of this direction waits for; `None` where it never does.
    #[inline]
    pub(super) fn bell(&self, direction: Direction) -> Option<&Bell> {
        let bells = self.bells.as_ref().filter(|_| self.is_hybrid)?;
        Some(match direction {
            Direction::Request => &bells.request,
            Direction::Response => &bells.response,
        })
    }

    #[inline]
    pub(super) fn words(&self, direction: Direction) -> Announced<'_, AtomicU32, AtomicU64> {
        let section = &self.section;
        match direction {
            Direction::Request => Announced {
                sequence: Sequence {
                    seq: section.word64::<{ at::REQ_SEQ }>(),
                    len: section.word32::<{ at::REQ_LEN }>(),
                },
                waiting: section.word32::<{ at::REQ_SERVER_WAITING }>(),
            },
            Direction::Response => Announced {
                sequence: Sequence {
                    seq: section.word64::<{ at::RESP_SEQ }>(),
                    len: section.word32::<{ at::RESP_LEN }>(),
                },
                waiting: section.word32::<{ at::RESP_CLIENT_WAITING }>(),
            },
        }
    }

    /// Not 0 once the sender of this direction has closed.
    #[inline]
    pub(super) fn closed(&self, sender_of: Direction) -> &AtomicU32 {
        match sender_of {
            Direction::Request => self.section.word32::<{ at::REQ_CLIENT_CLOSED }>(),
            Direction::Response => self.section.word32::<{ at::RESP_SERVER_CLOSED }>(),
        }
    }
}

/// The words that are written once.
fn constants(section: &Section<HEADER_LEN>) -> [&AtomicU32; CONSTANTS] {
    [
        section.word32::<0>(),
        section.word32::<4>(),
        section.word32::<8>(),
        section.word32::<12>(),
        section.word32::<16>(),
        section.word32::<20>(),
        section.word32::<24>(),
        section.word32::<28>(),
        section.word32::<32>(),
    ]
}
