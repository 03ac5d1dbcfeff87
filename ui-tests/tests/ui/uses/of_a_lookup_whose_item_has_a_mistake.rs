use netipc::{Encode, MessageBuilder, WireEnum, WireMessage, WireString};

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4, lookup(request = Request, keys = keys))]
struct Response {
    #[wire(count_at = 0, directory = ordered)]
    items: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 20, lookup_item(key = Key, echo = id, status = state, payload_exceeded = Full, oversized_item = Large))]
struct Item {
    #[wire(at = 0, repr = u16)]
    status: Status,
    #[wire(at = 2)]
    flags: u16,
    #[wire(at = 4)]
    id: u64,
    #[wire(at = 12)]
    name: WireString,
}

#[derive(WireMessage)]
#[wire(method = 0x9000, header = 4)]
struct Request {
    #[wire(count_at = 0, directory = ordered)]
    keys: Vec<Key>,
}

#[derive(WireMessage)]
#[wire(header = 8, fixed)]
struct Key {
    #[wire(at = 0)]
    id: u64,
}

#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(closed)]
enum Status {
    Known = 0,
    Unknown = 1,
    Full = 2,
    Large = 3,
}

fn answer(builder: &mut ResponseBuilder<'_>) {
    builder.items().push(ItemRef { id: 1, ..ItemRef::default() }).unwrap();
}

fn main() {
    let request = Request { keys: vec![Key { id: 1 }] };
    let (mut asked, mut answered) = (vec![0; request.encoded_len()], vec![0; 100]);
    request.encode(&mut asked).unwrap();
    let mut builder = ResponseBuilder::answering(&mut answered, &asked);
    answer(&mut builder);
    builder.finish().unwrap();
    println!("{:?}", Response::decode(&answered).unwrap().items().get(0).map(|item| item.status()));
}
