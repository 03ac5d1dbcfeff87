//! Arbitrary bytes as what the contract's messages do not have: lists within lists, strings that may share bytes,
//! integers of all types.

use netipc::{WireMessage, WireString};

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 48, constant(kind: u8 = 7, at = 1), reserved(at = 30, len = 2))]
struct Cell {
    #[wire(at = 0)]
    first: u8,
    #[wire(at = 2)]
    second: i16,
    #[wire(at = 4)]
    third: u32,
    #[wire(at = 8)]
    fourth: i64,
    #[wire(at = 16)]
    fifth: u64,
    #[wire(at = 24)]
    sixth: i32,
    #[wire(at = 28)]
    seventh: u16,
    #[wire(at = 32)]
    name: WireString,
    #[wire(at = 40)]
    value: WireString,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 8)]
struct Row {
    #[wire(at = 0)]
    number: i32,
    #[wire(count_at = 4, directory = free)]
    cells: Vec<Cell>,
}

#[derive(WireMessage, Clone, Debug, PartialEq)]
#[wire(header = 12)]
struct Table {
    #[wire(at = 4)]
    generation: u64,
    #[wire(count_at = 0, directory = free)]
    rows: Vec<Row>,
}

fn weigh(view: TableView<'_>) -> usize {
    let cells = view.rows().iter().flat_map(|row| row.cells().iter());
    let weights = cells.map(|cell| size_of::<Cell>() + cell.name().len() + cell.value().len());
    // Shared bytes at two levels: a few kilobytes can hold a table of gigabytes.
    weights.take(10_000).sum()
}

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<Table>(bytes, weigh, |view| view.to_owned());
}

netipc_fuzz::target_of_bytes!(decode_lists_of_lists, check);
