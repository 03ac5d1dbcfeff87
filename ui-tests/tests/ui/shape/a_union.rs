use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
union Message {
    value: u32,
}

fn main() {}
