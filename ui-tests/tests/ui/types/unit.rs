use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 0)]
struct Message {
    #[wire(at = 0)]
    nothing: (),
}

fn main() {}
