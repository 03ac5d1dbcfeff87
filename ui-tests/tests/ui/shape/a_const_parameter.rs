use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message<const N: usize> {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
