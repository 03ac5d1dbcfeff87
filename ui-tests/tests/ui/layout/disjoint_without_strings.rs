use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, strings(disjoint))]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
