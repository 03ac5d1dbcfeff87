use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, constant(layout_version: u16 = 1, at = 0), constant(flags: u16 = 0, at = 2))]
struct Message {
    #[wire(at = 2)]
    hash: u32,
}

fn main() {}
