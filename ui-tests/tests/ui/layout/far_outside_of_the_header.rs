use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0)]
    one: u64,
    #[wire(at = 4_294_967_295)]
    two: u32,
}

fn main() {}
