//! A builder of batches against a model: directory, items, padding, or an error that changes nothing.

use netipc_fuzz::bolero;
use netipc_fuzz::bolero::TypeGenerator;
use netipc_transport::{Batch, BatchBuilder, BatchError};

#[derive(Debug, TypeGenerator)]
enum Step {
    Start { item_count: u8, max_payload_bytes: u16 },
    Push(Vec<u8>),
    PushWith { room: u16, item: Vec<u8> },
    Finish,
}

#[derive(Default)]
struct Model {
    item_count: usize,
    limit: usize,
    items: Vec<Vec<u8>>,
}

fn padded(len: usize) -> usize {
    len.next_multiple_of(8)
}

impl Model {
    fn len(&self) -> usize {
        self.item_count * 8 + self.items.iter().map(|item| padded(item.len())).sum::<usize>()
    }

    /// What is wrong with another item of this length, if anything.
    fn refusal(&self, len: usize) -> Option<&'static str> {
        if self.items.len() == self.item_count {
            Some("count")
        } else if self.len() + padded(len) > self.limit {
            Some("size")
        } else {
            None
        }
    }

    fn payload(&self) -> Vec<u8> {
        let (mut directory, mut area) = (Vec::new(), Vec::new());
        for item in &self.items {
            for number in [area.len(), item.len()] {
                directory.extend(u32::try_from(number).expect("limits are u16").to_ne_bytes());
            }
            area.extend(item);
            area.resize(padded(area.len()), 0);
        }
        [directory, area].concat()
    }
}

fn kind(error: BatchError) -> &'static str {
    assert!(!error.to_string().is_empty());
    match error {
        BatchError::WrongItemCount { .. } => "count",
        BatchError::TooLarge { needed, limit } => {
            assert!(needed > limit, "{needed} is not over {limit}");
            "size"
        }
        _ => panic!("an error that is new to this test: {error}"),
    }
}

fn finish(builder: &mut BatchBuilder, model: &Model) {
    let complete = model.items.len() == model.item_count;
    match builder.finish() {
        Ok(batch) => {
            assert!(complete);
            assert_eq!(batch.payload(), model.payload());
            let count = u32::try_from(model.item_count).expect("it was a u8");
            let decoded = Batch::decode(batch.payload(), count).expect("what was built decodes");
            assert!(decoded.iter().eq(model.items.iter().map(Vec::as_slice)));
        }
        Err(error) => assert_eq!((kind(error), complete), ("count", false)),
    }
}

fn check(steps: &Vec<Step>) {
    let mut builder = BatchBuilder::new();
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Start { item_count, max_payload_bytes } => {
                model = Model {
                    item_count: usize::from(*item_count),
                    limit: usize::from(*max_payload_bytes),
                    items: Vec::new(),
                };
                let fits = model.len() <= model.limit;
                let result = builder.start(u32::from(*item_count), u32::from(*max_payload_bytes));
                assert_eq!(result.map_err(kind), if fits { Ok(()) } else { Err("size") });
                if !fits {
                    model.item_count = 0;
                }
            }
            Step::Push(item) => {
                let expected = model.refusal(item.len());
                assert_eq!(builder.push(item).map_err(kind).err(), expected);
                if expected.is_none() {
                    model.items.push(item.clone());
                }
            }
            Step::PushWith { room, item } => {
                let expected = model.refusal(0).or(if item.len() > usize::from(*room) {
                    Some("size")
                } else {
                    model.refusal(item.len())
                });
                let result = builder.push_with(usize::from(*room), |place| {
                    if let Some(place) = place.get_mut(..item.len()) {
                        place.copy_from_slice(item);
                    }
                    Ok::<_, BatchError>(item.len())
                });
                assert_eq!(result.map_err(kind).err(), expected);
                if expected.is_none() {
                    model.items.push(item.clone());
                }
            }
            Step::Finish => finish(&mut builder, &model),
        }
        assert_eq!(builder.remaining(), model.limit - model.len());
    }
    finish(&mut builder, &model);
}

netipc_fuzz::target_of_values!(build_batch, check);
