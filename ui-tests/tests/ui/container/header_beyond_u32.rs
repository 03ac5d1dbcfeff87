use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4_294_967_296)]
struct Message {
    #[wire(at = 0)]
    value: u32,
}

fn main() {}
