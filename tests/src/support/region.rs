//! Regions as peers see them that obey nothing.
//!
//! They are read and written as files, which is the same memory to a peer that has mapped them. What that cannot do is
//! wake somebody: whoever waits here finds out when it looks.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use netipc_transport::{Endpoint, MessageHeader, RegionHeader};

/// Where the words lie that both sides write.
pub const REQ_SEQ: u64 = 32;
pub const RESP_SEQ: u64 = 40;
pub const REQ_LEN: u64 = 48;
pub const RESP_LEN: u64 = 52;
pub const REQ_SIGNAL: u64 = 56;
pub const RESP_SIGNAL: u64 = 60;

/// The path of a session's region.
pub fn path(endpoint: &Endpoint, session_id: u64) -> PathBuf {
    endpoint.run_dir().join(format!("{}-{session_id:016x}.ipcshm", endpoint.service()))
}

/// The header of a region that a live process has, with a request area of 1,088 bytes and a response area of 4,096.
pub fn header() -> RegionHeader {
    RegionHeader {
        owner_pid: 1,
        owner_generation: 7,
        request_offset: 64,
        request_capacity: 1_088,
        response_offset: 1_152,
        response_capacity: 4_096,
        req_seq: 0,
        resp_seq: 0,
        req_len: 0,
        resp_len: 0,
        req_signal: 0,
        resp_signal: 0,
    }
}

/// A region's file.
pub struct RawRegion {
    pub file: File,
}

impl RawRegion {
    pub fn open(path: &Path) -> Self {
        Self { file: File::options().read(true).write(true).open(path).unwrap() }
    }

    /// Makes one of so many bytes with these at its start.
    pub fn create(path: &Path, header: &[u8], len: u64) -> Self {
        let file = File::options().read(true).write(true).create_new(true).open(path).unwrap();
        file.set_len(len).unwrap();
        let region = Self { file };
        region.write(0, header);
        region
    }

    pub fn header(&self) -> RegionHeader {
        RegionHeader::decode(&self.read(0, 64)).unwrap()
    }

    pub fn write(&self, at: u64, bytes: &[u8]) {
        self.file.write_all_at(bytes, at).unwrap();
    }

    pub fn read(&self, at: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.file.read_exact_at(&mut bytes, at).unwrap();
        bytes
    }

    /// Publishes a request in the order of the contract, but for the wake. `len` is what the slot says.
    pub fn publish_request(&self, message: &[u8], len: u32) {
        let header = self.header();
        self.write(header.request_offset.into(), message);
        self.write(REQ_LEN, &len.to_ne_bytes());
        self.write(REQ_SEQ, &header.req_seq.wrapping_add(1).to_ne_bytes());
        self.write(REQ_SIGNAL, &header.req_signal.wrapping_add(1).to_ne_bytes());
    }

    /// The same with a response.
    pub fn publish_response(&self, message: &[u8], len: u32) {
        let header = self.header();
        self.write(header.response_offset.into(), message);
        self.write(RESP_LEN, &len.to_ne_bytes());
        self.write(RESP_SEQ, &header.resp_seq.wrapping_add(1).to_ne_bytes());
        self.write(RESP_SIGNAL, &header.resp_signal.wrapping_add(1).to_ne_bytes());
    }

    /// The last request that was published, as its slot says.
    pub fn request(&self) -> (MessageHeader, Vec<u8>) {
        let header = self.header();
        self.message(header.request_offset, header.req_len)
    }

    /// The last response.
    pub fn response(&self) -> (MessageHeader, Vec<u8>) {
        let header = self.header();
        self.message(header.response_offset, header.resp_len)
    }

    fn message(&self, offset: u32, len: u32) -> (MessageHeader, Vec<u8>) {
        let bytes = self.read(offset.into(), len as usize);
        (MessageHeader::decode(&bytes).unwrap(), bytes[32..].to_vec())
    }
}
