//! Shared-memory regions: `docs/contract/posix.md`, "Region" and "Attaching".

use netipc_transport::{RegionFault, RegionHeader};
use serde_json::{Value, json};

use crate::file::{golden, number, odd_by_name};

#[test]
fn region_headers() {
    golden("shm_region_header", |vector| {
        let header = RegionHeader::decode(&vector.bytes()).expect("golden vectors decode");
        assert_eq!(shown(&header), *vector.fields());
        assert_eq!(header.encode()[..], vector.bytes());
        header.check(number(vector.field("params"), "file_size")).expect("golden vectors can be attached to");
    });
}

fn shown(header: &RegionHeader) -> Value {
    json!({
        "magic": 0x4e53_484d,
        "version": 3,
        "header_len": 64,
        "owner_pid": header.owner_pid,
        "owner_generation": header.owner_generation,
        "request_offset": header.request_offset,
        "request_capacity": header.request_capacity,
        "response_offset": header.response_offset,
        "response_capacity": header.response_capacity,
        "req_seq": header.req_seq,
        "resp_seq": header.resp_seq,
        "req_len": header.req_len,
        "resp_len": header.resp_len,
        "req_signal": header.req_signal,
        "resp_signal": header.resp_signal,
    })
}

#[test]
fn odd_region_headers() {
    odd_by_name("shm_region_header", |vector, bytes| {
        let header = RegionHeader::decode(bytes).map_err(|fault| fault.name())?;
        header.check(vector.param("file_size").into()).map_err(|fault: RegionFault| fault.name())
    });
}
