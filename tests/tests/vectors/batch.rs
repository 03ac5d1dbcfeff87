//! Batches: `docs/contract/envelope.md`, "Batch directory".

use netipc_transport::{Batch, BatchBuilder};
use netipc_wire::zerocopy::{FromBytes, IntoBytes};
use netipc_wire::{Directory, DirectoryRules, ITEM_ALIGN, Span, write_directory};
use serde_json::{Value, json};

use crate::file::{bytes, golden, number, odd};

#[test]
fn batch_directories() {
    golden("batch_directory", |vector| {
        let (bytes, fields) = (vector.bytes(), vector.fields());
        let entries = fields["entries"].as_array().expect("`entries` is a list");
        let spans: Vec<_> =
            entries.iter().map(|entry| Span::new(number(entry, "offset"), number(entry, "length"))).collect();
        assert_eq!(spans.as_bytes(), bytes);

        let count = usize::try_from(vector.param("item_count")).expect("a count fits in usize");
        let decoded = <[Span]>::ref_from_bytes_with_elems(&bytes, count).expect("exactly so many entries");
        let shown: Vec<_> =
            decoded.iter().map(|span| json!({ "offset": span.offset(), "length": span.length() })).collect();
        assert_eq!(json!({ "entries": shown }), *fields);

        let area = usize::try_from(vector.param("packed_area_len")).expect("a u32 fits in usize");
        for span in decoded {
            assert!((span.offset() as usize).is_multiple_of(ITEM_ALIGN));
            assert!(span.range(area, 0).is_some(), "{span:?} lies in the area");
        }
        // Two of them speak of an area of 4 GiB, which only the entries above can be held against.
        if area <= 1_024 {
            let payload = [&bytes[..], &vec![0; area]].concat();
            let directory = Directory::validate(&payload, vector.param("item_count"), DirectoryRules::BATCH)
                .expect("golden vectors decode");
            assert_eq!(directory.len(), count);
            let mut written = vec![0xAA; bytes.len()];
            let lengths = spans.iter().map(|span| span.length() as usize);
            let last = spans.last().expect("at least one entry");
            assert_eq!(write_directory(&mut written, lengths), last.range(area, 0).map(|range| range.end));
            assert_eq!(written, bytes);
        }
    });
}

#[test]
fn batch_payloads() {
    let mut decoded_only = Vec::new();
    golden("batch_payload", |vector| {
        let (payload, fields) = (vector.bytes(), vector.fields());
        let batch = Batch::decode(&payload, vector.param("item_count")).expect("golden vectors decode");
        let shown: Vec<_> = batch.iter().map(hex::encode).collect();
        assert_eq!(json!({ "items_hex": shown }), *fields);

        if vector.name() == "tight_buffer_no_trailing_pad" {
            // Its last item is not padded, which a receiver accepts and a sender does not send.
            decoded_only.push(vector.name().to_owned());
        } else {
            assert_eq!(built(&fields["items_hex"]), payload);
        }
    });
    assert_eq!(decoded_only, ["tight_buffer_no_trailing_pad"]);
}

/// What a builder makes of these items, with other bytes left in it from an earlier batch.
fn built(items: &Value) -> Vec<u8> {
    let items: Vec<_> = items.as_array().expect("`items_hex` is a list").iter().map(bytes).collect();
    let mut builder = BatchBuilder::new();
    builder.start(1, 1_024).expect("an empty batch fits");
    builder.push(&[0xAA; 1_000]).expect("1,000 bytes fit");
    builder.start(u32::try_from(items.len()).expect("few items"), 1_024).expect("the directory fits");
    for item in &items {
        builder.push(item).expect("all items fit");
    }
    builder.finish().expect("all announced items are there").payload().to_vec()
}

#[test]
fn odd_batch_payloads() {
    odd("batch_payload", |vector, payload| {
        Batch::decode(payload, vector.param("item_count")).map(drop).map_err(|error| error.class())
    });
}
