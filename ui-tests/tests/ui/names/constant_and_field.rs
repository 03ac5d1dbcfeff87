use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, constant(flags: u32 = 0, at = 0))]
struct Message {
    #[wire(at = 4)]
    flags: u32,
}

fn main() {}
