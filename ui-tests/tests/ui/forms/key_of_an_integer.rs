use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    name: u32,
}

fn main() {}
