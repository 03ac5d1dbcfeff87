//! An item count and arbitrary bytes as a batch.

use netipc_transport::{Batch, BatchBuilder};

/// Items may share bytes: more than this is not put together again.
const MOST_COPIED: usize = 1 << 16;

fn check(bytes: &[u8]) {
    let Some((count, payload)) = bytes.split_first_chunk() else { return };
    let count = u32::from_ne_bytes(*count);
    let batch = match Batch::decode(payload, count) {
        Ok(batch) => batch,
        Err(error) => {
            assert!(error.at < payload.len().max(1), "{error}");
            return;
        }
    };
    assert_eq!(batch.item_count(), count);
    assert_eq!(batch.iter().count(), usize::try_from(count).expect("a directory that fits in memory"));
    assert_eq!(batch.get(count), None);
    let within = payload.as_ptr_range();
    let mut total = 0;
    for item in batch.iter() {
        let range = item.as_ptr_range();
        assert!(within.start <= range.start && range.end <= within.end);
        total += item.len().next_multiple_of(8) + 8;
    }
    if total > MOST_COPIED {
        return;
    }
    let mut builder = BatchBuilder::new();
    builder.start(count, u32::try_from(total).expect("bounded above")).expect("the directory fits");
    for item in batch.iter() {
        builder.push(item).expect("all items fit");
    }
    let again = builder.finish().expect("all items are there");
    assert_eq!(again.payload().len(), total);
    assert!(again.iter().eq(batch.iter()));
}

netipc_fuzz::target_of_bytes!(batch, check);
