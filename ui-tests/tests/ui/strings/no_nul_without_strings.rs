use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8, strings(no_nul))]
struct Message {
    #[wire(at = 0)]
    number: u64,
}

fn main() {}
