use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(method = 70_000, header = 16, strings(sorted), constant(version: i16 = 1, at = 0))]
struct Message {
    one: u32,
    #[wire(at = 4)]
    two: String,
    #[wire(at = 8, offset = 3)]
    three: u32,
    #[wire(place = 12)]
    four: u32,
}

fn main() {}
